"""A loop that goes round a million times, in a function whose breakpoint it never meets."""


def run(wanted):
    total = 0
    for n in range(1_000_000):
        total += n
        total -= 1
    if wanted:
        total = 0  # @never
    return total


run(False)
done = True  # @done
