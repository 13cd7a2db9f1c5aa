import sys  # @first

sys.setrecursionlimit(200)


def descend(n):
    try:
        return descend(n + 1)  # @descend
    except RecursionError:
        return n  # @deepest


print(descend(1) > 150)
