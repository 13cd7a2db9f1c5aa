import atexit  # @first

atexit.register(print, "at exit")


def divide(a, b):
    return a / b  # @divide


def run():
    values = [1, 0]
    return divide(*values)  # @run


run()  # @call
