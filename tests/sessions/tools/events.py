import sys


def work(n):
    total = 0
    for i in range(n):
        total += i
    return total


def fails():
    raise KeyError("nobody minds")


def main():
    for _ in range(3):
        work(10)
    try:
        fails()
    except KeyError:
        print("handled")
    sys.exit(int(sys.argv[1]))


main()
