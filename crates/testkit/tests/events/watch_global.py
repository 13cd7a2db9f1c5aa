"""A watched global that is stored now and then, beside loops that have nothing to do with it."""

counter = 0


def busy(rounds):
    total = 0
    for number in range(rounds):
        total += number
    return total


def count():
    global counter
    counter += 1  # @store


busy(10)  # @begin
busy(100_000)
count()
busy(100_000)  # @done
