import contextlib
import sys


class Thing:
    def __del__(self):
        print("a thing is gone")


def plain(value):
    result = value + 1
    print("never printed")  # @plain
    return result


def loop(values):
    for value in values:
        for other in values:
            if other == 2:
                print("in the loops")  # @loop
    return str(values)


def handler():
    try:
        raise ValueError
    except ValueError:
        print("handling")  # @handler
    return str("after the handler")


def generator():
    yield 1
    received = yield 2  # @generator
    return "done", received


def within():
    with contextlib.nullcontext():
        print("within")  # @within
    return str(1)


def cell():
    thing = Thing()
    inner = lambda: thing
    print("held")  # @cell
    return inner


def through():
    own = generator()
    next(own)
    given = yield from own
    return given


def drain(own):
    values = []
    while True:
        try:
            values.append(next(own))
        except StopIteration as end:
            return values, end.value


print(plain(1))
print(loop([1, 2, 3]))
print(handler(), sys.exc_info())
print(drain(through()))
print(within())
print(cell())
print(sum(plain(number) for number in range(3)))
