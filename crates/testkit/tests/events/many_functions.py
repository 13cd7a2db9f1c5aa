"""A hundred thousand functions, made one after the other in a file that holds a breakpoint."""

import gc

SOURCE = "def made(n):\n    return n + 1\n"
FILE = __file__.replace("many_functions", "made")


def make(n):
    names = {}
    exec(compile(SOURCE, FILE, "exec"), names)
    return names["made"](n)


for n in range(100_001):
    make(n)
    if n in (20_000, 100_000):
        gc.collect()
        checkpoint = n  # @checkpoint
