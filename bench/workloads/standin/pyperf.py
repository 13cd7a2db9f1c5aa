"""Stands in for `pyperf`: what a benchmark hands to its runner is run in rounds, as the driver asks.

With `survey` for the pipes' folder it is run once under a tracer instead, which prints where a breakpoint hurts most: the
function with the most line events that has a line which is hardly ever reached.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from time import perf_counter

from rounds import serve

__all__ = ["Runner", "perf_counter"]

# The part of a function's line events that may be at the line of the breakpoint.
RARE = 0.001


class Runner:
    def __init__(self, **_settings):
        self.argparser = argparse.ArgumentParser()
        self.metadata = {}
        self.args = None

    def parse_args(self, _args=None):
        self.args = self.argparser.parse_args([])
        return self.args

    def bench_func(self, _name, function, *arguments, **_settings):
        def work(loops):
            for _ in range(loops):
                function(*arguments)

        run(work)

    def bench_time_func(self, _name, function, *arguments, **_settings):
        def work(loops):
            function(loops, *arguments)

        run(work)

    def bench_async_func(self, _name, function, *arguments, **_settings):
        def work(loops):
            for _ in range(loops):
                asyncio.run(function(*arguments))

        run(work)


def run(work):
    """A benchmark that has several parts is measured by its first."""
    if sys.argv[1] == "survey":
        print(json.dumps(survey(work, sys.argv[2])))
    else:
        serve(work)
    sys.exit(0)


def survey(work, script):
    lines = Counter()

    def trace(frame, event, _argument):
        if frame.f_code.co_filename != script:
            return None
        if event == "line":
            lines[frame.f_code, frame.f_lineno] += 1
        return trace

    sys.settrace(trace)
    work(1)
    sys.settrace(None)

    functions = Counter()
    for (code, _), count in lines.items():
        functions[code] += count
    for code, count in functions.most_common():
        own = {line for _, _, line in code.co_lines() if line and line != code.co_firstlineno}
        line = min(own, key=lambda line: (lines[code, line], line), default=None)
        hits = lines[code, line]
        if line and hits <= count * RARE:
            name = getattr(code, "co_qualname", code.co_name)
            return {"function": name, "line": line, "hits": hits, "share": round(count / sum(functions.values()), 3)}
    return None
