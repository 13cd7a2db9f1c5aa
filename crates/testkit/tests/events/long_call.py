"""A call that runs long, stepped over."""


def work(n):
    total = 0
    for i in range(n):
        total += helper(i)
    return total


def helper(i):
    return i + 1


def main():
    before = 1  # @first
    result = work(20000)  # @call
    done = result  # @done


main()
