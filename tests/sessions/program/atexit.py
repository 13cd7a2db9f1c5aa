import atexit  # @first


def goodbye():
    print("goodbye")  # @goodbye


atexit.register(goodbye)
print("last")
