import functools
import importlib
import json
import linecache
import sys

import versioned


class Outer:
    @functools.cache
    def method(self, value):
        return value

    class Inner:
        pass


def function(argument, *, option=True):
    """Where values come from."""


def deep(depth):
    if depth:
        return deep(depth - 1)
    return 1  # @bottom


def called_with(text, number=2):
    é = "é"; return deep(number), text + é  # @columns


def by_library():
    return functools.reduce(lambda total, item: json.loads(str(total + item), parse_int=hook), [1, 2])


def hook(text):
    return int(text)  # @hook


LINES = ["def made(value):\n", "    return value + 1\n", "made(1)\n"]
linecache.cache["<made>"] = (sum(map(len, LINES)), None, LINES, "<made>")


def run_made():
    exec(compile("".join(LINES), "<made>", "exec"), {})


stopped = deep(3)
called_with("text")
deep(900)
by_library()
import colorsys  # @module
colorsys.rgb_to_hls(0, 0, 0)  # @loaded
run_made()
del sys.modules["colorsys"]
end = 1  # @end
