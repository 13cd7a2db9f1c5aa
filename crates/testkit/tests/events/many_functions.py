"""Thirty thousand functions, made one after the other in a file that holds a breakpoint."""

import gc

SOURCE = "def made(n):\n    return n + 1\n"
FILE = __file__.replace("many_functions", "made")


def make(n):
    names = {}
    exec(compile(SOURCE, FILE, "exec"), names)
    return names["made"](n)


for n in range(30_001):
    make(n)
    if n in (6_000, 30_000):
        gc.collect()
        checkpoint = n  # @checkpoint
