def one(x): return x + 1  # @one


def run():
    value = one(1)  # @call
    for n in range(2): value += n  # @loop
    return value  # @return


run()
