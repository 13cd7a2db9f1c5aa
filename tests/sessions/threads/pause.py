import sys  # @first

go_on = True


def spin():
    print("spinning", flush=True)
    while go_on: pass  # @spin
    return "spun"  # @return


print(spin())
