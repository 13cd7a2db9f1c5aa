"""A call that has a local variable for all its time, and works itself, or has it done by another function."""

import sys

from rounds import numbers


def elsewhere(n):
    for i in range(n):
        other = i
    return other


def in_call():
    kept = 0
    for number in numbers():
        for i in range(number):
            other = i
    return kept, other


def in_callee():
    kept = 0
    for number in numbers():
        elsewhere(number)
    return kept


if __name__ == "__main__":
    {"in_call": in_call, "in_callee": in_callee}[sys.argv[2]]()
