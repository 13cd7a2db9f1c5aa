"""A million calls, and breakpoints in functions that are not called."""


def other():
    return 1  # @other


def called(n):
    return n + 1


def run():
    total = 0
    for n in range(1_000_000):
        total = called(n)
    return total


run()
done = True  # @done
