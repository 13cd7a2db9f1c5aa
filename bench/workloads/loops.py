"""Small loops: one for each thing that is set in them. The second argument names the one to run."""

import sys
from time import perf_counter, process_time

from rounds import serve


def loop(n):
    s = 0
    for i in range(n):
        s += i  # @hot
    if s < 0:
        s = 0  # @never
    return None


def equal_by_hand(n):
    s = 0
    for i in range(n):
        if i == -1:
            raise AssertionError
        s += i


class Account:
    def __init__(self):
        self.balance = 5


def attribute(n):
    account, limit = Account(), 10
    s = 0
    for i in range(n):
        s += i  # @attribute
    return None if account.balance < limit else (0, 0)


def attribute_by_hand(n):
    account, limit = Account(), 10
    s = 0
    for i in range(n):
        if account.balance > limit:
            raise AssertionError
        s += i


def both_by_hand(n):
    s = 0
    for i in range(n):
        if i == 2_000_000_000 and s is None:
            raise AssertionError
        s += i


def call_by_hand(n):
    s = 0
    for i in range(n):
        if abs(i) < 0:
            raise AssertionError
        s += i


def comprehension_by_hand(n):
    s = 0
    for i in range(n):
        if [x for x in (i,) if x < 0]:
            raise AssertionError
        s += i


def other():
    return 1  # @elsewhere


def called(x):
    return x + 1


def calls(n):
    for i in range(n):
        called(i)


def items(n):
    for i in range(n):
        yield i


def generators(n):
    for _ in items(n):
        pass


async def leaf():
    return 1


async def awaiting(n):
    for _ in range(n):
        await leaf()


def awaits(n):
    try:
        awaiting(n).send(None)
    except StopIteration:
        pass


def sink(depth):
    if depth > 1:
        sink(depth - 1)
    else:
        raise KeyError(depth)


def raises_1(n):
    for _ in range(n):
        try:
            sink(1)
        except KeyError:
            pass


def raises_50(n):
    for _ in range(n):
        try:
            sink(50)
        except KeyError:
            pass


def works_long(n):
    processor, wall = process_time(), perf_counter()
    calls(n)
    return process_time() - processor, perf_counter() - wall


def step_over(n):
    times = works_long(n)  # @over
    return times  # @over_end


def step_out(n):
    processor, wall = process_time(), perf_counter()  # @out
    for i in range(n):
        called(i)
    return process_time() - processor, perf_counter() - wall


def run_to_line(n):
    processor, wall = 0, 0  # @past
    processor, wall = process_time(), perf_counter()
    for i in range(n):
        called(i)
    times = process_time() - processor, perf_counter() - wall
    return times  # @past_end


LIMIT, total = 1, 0


class Record:
    def __init__(self):
        self.balance = self.other = 0


WATCHED, SIBLING = Record(), Record()


def stores_global(n):
    global total
    for i in range(n):
        total = i


def stores_attribute(n):
    record = WATCHED
    for i in range(n):
        record.other = i


def stores_sibling(n):
    record = SIBLING
    for i in range(n):
        record.balance = i


def reads_sibling(n):
    record = SIBLING
    for i in range(n):
        record.balance


def makes_code(n):
    for i in range(n):
        names = {}
        exec(compile(f"def made(n):\n    return n + {i}\n", "made.py", "exec"), names)
        names["made"](i)


if __name__ == "__main__":
    serve(globals()[sys.argv[2]])
