"""Measures what `sys.monitoring` costs on the interpreter that runs this; `pausa costs` and `pausa events` start it.

Arguments: the agent's library, and `all` or `events`. Prints one JSON object. Every figure is the median of rounds, the
rounds of all figures of a kind being taken in turn. Invariant: nothing is imported that the interpreter does not bring.
"""

import json
import sys
from time import perf_counter_ns

# A tool id of no role of its own, so that no other tool's figures are disturbed.
TOOL = 3
ROUNDS = 15
# Nanoseconds that a round should take.
ROUND = 400_000
SIZES = (10, 100, 1000)

# What makes events happen: a function `work` in each, and the events that it is for.
SNIPPETS = {
    ("LINE", "INSTRUCTION", "JUMP", "BRANCH", "BRANCH_LEFT", "BRANCH_RIGHT"): """
def work(n):
    for i in range(n):
        if i & 1:
            x = i
        else:
            x = 0
""",
    ("PY_START", "PY_RETURN"): """
def called():
    pass
def work(n):
    for i in range(n):
        called()
""",
    ("CALL", "C_RETURN"): """
def work(n):
    for i in range(n):
        abs(i)
""",
    ("PY_RESUME", "PY_YIELD"): """
def items(n):
    for i in range(n):
        yield i
def work(n):
    for i in items(n):
        pass
""",
    ("STOP_ITERATION",): """
def inner():
    return 1
    yield
def outer():
    yield from inner()
def work(n):
    for i in range(n):
        for x in outer():
            pass
""",
    ("C_RAISE",): """
def work(n):
    for i in range(n):
        try:
            int("")
        except ValueError:
            pass
""",
    ("RAISE", "PY_UNWIND", "EXCEPTION_HANDLED"): """
def raises():
    raise KeyError
def work(n):
    for i in range(n):
        try:
            raises()
        except KeyError:
            pass
""",
    ("RERAISE",): """
def work(n):
    for i in range(n):
        try:
            try:
                raise KeyError
            finally:
                pass
        except KeyError:
            pass
""",
    ("PY_THROW",): """
def waits():
    while True:
        try:
            yield
        except KeyError:
            pass
def work(n):
    g = waits()
    next(g)
    for i in range(n):
        g.throw(KeyError())
""",
}


def nothing(*_arguments):
    pass


def load(agent):
    from _frozen_importlib import ModuleSpec, _load
    from _frozen_importlib_external import ExtensionFileLoader

    loader = ExtensionFileLoader("_agent", agent)
    spec = ModuleSpec("_agent", loader, origin=agent)
    spec.has_location = True
    return _load(spec)


def spread(values):
    values = sorted(values)
    last = len(values) - 1
    return {"median": values[last // 2], "low": values[last // 4], "high": values[last - last // 4]}


def timed(function, *arguments):
    began = perf_counter_ns()
    function(*arguments)
    return perf_counter_ns() - began


# --- events -----------------------------------------------------------------------------------------------------------


class Event:
    """An event, and the snippet in which it happens."""

    def __init__(self, name, source):
        names = {}
        exec(compile(source, "<snippet>", "exec"), names)
        self.name, self.work = name, names["work"]
        self.bit = getattr(sys.monitoring.events, name)
        # What is told of C functions comes with the calls (PEP 669) and is not set by itself.
        self.set = sys.monitoring.events.CALL if name in ("C_RETURN", "C_RAISE") else self.bit
        self.callbacks = {}

    def with_callback(self, callback, measure):
        """Measures with a callback set, after one run in which the interpreter changes its code."""
        sys.monitoring.register_callback(TOOL, self.bit, callback)
        sys.monitoring.set_events(TOOL, self.set)
        try:
            self.work(10)
            return measure()
        finally:
            sys.monitoring.set_events(TOOL, 0)
            sys.monitoring.register_callback(TOOL, self.bit, None)
            self.work(10)

    def calibrate(self):
        """How many iterations make a round, and how many events come with them."""
        self.number = 100
        self.work(self.number)
        while (took := timed(self.work, self.number)) < ROUND / 2:
            self.number = int(self.number * min(max(ROUND / max(took, 1), 2), 50))
        counts = [0]

        def count(*_arguments):
            counts[0] += 1

        self.with_callback(count, lambda: (counts.__setitem__(0, 0), self.work(self.number)))
        self.count = counts[0]

    def round(self):
        for kind, (callback, values) in self.callbacks.items():
            alone = timed(self.work, self.number)
            watched = self.with_callback(callback, lambda: timed(self.work, self.number))
            values.append((watched - alone) / self.count)


def measure_events(native):
    """`native` gives the callback in C for an event's name."""
    known = vars(sys.monitoring.events)
    events = []
    for names, source in SNIPPETS.items():
        for name in names:
            if name in known and not (name == "BRANCH" and "BRANCH_LEFT" in known):
                event = Event(name, source)
                event.calibrate()
                if event.count:
                    event.callbacks = {"native": (native(name), []), "python": (nothing, [])}
                    events.append(event)
    for _ in range(ROUNDS):
        for event in events:
            event.round()
    return {
        event.name: {kind: spread(values) for kind, (_, values) in event.callbacks.items()} for event in events
    }


# --- operations -------------------------------------------------------------------------------------------------------


def lines_of(number, name):
    """Code of a function with so many lines."""
    names = {}
    exec(compile(f"def {name}():\n" + "    x = 1\n" * number, f"<{name}>", "exec"), names)
    return names[name]


def use_and_free():
    sys.monitoring.use_tool_id(TOOL + 1, "pausa costs")
    sys.monitoring.free_tool_id(TOOL + 1)


def set_and_clear_events():
    sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)
    sys.monitoring.set_events(TOOL, 0)


def operations():
    """Name, size of the code or None, and what is measured."""
    line = sys.monitoring.events.LINE
    yield "use_tool_id and free_tool_id", None, use_and_free
    yield "get_tool", None, lambda: sys.monitoring.get_tool(TOOL)
    yield "register_callback", None, lambda: sys.monitoring.register_callback(TOOL, line, nothing)
    yield "get_events", None, lambda: sys.monitoring.get_events(TOOL)
    for size in SIZES:
        function = lines_of(size, "measured")
        function()
        code = function.__code__

        def on_and_off(code=code):
            sys.monitoring.set_local_events(TOOL, code, line)
            sys.monitoring.set_local_events(TOOL, code, 0)

        yield "set_local_events on and off", size, on_and_off
    for size in SIZES:
        code = lines_of(size, "read").__code__
        yield "get_local_events", size, lambda code=code: sys.monitoring.get_local_events(TOOL, code)
    yield "set_events on and off", None, set_and_clear_events
    yield "restart_events", None, sys.monitoring.restart_events


def repeat(work, number):
    for _ in range(number):
        work()


def measure_operations():
    measured = []
    for name, size, work in operations():
        number = 1
        while (took := timed(repeat, work, number)) < ROUND / 2:
            number = int(number * min(max(ROUND / max(took, 1), 2), 50))
        measured.append((name, size, work, number, []))
    for _ in range(ROUNDS):
        for _, _, work, number, values in measured:
            alone = timed(repeat, bool, number)
            values.append(max(timed(repeat, work, number) - alone, 0) / number)
    return [{"name": name, "lines": size, **spread(values)} for name, size, _, _, values in measured]


def main():
    agent, what = sys.argv[1:]
    sys.monitoring.use_tool_id(TOOL, "pausa costs")
    answer = {"python": sys.version.split()[0]}
    if what == "all":
        answer["operations"] = measure_operations()
    agent = load(agent)
    # `pausa events` counts; what it says of the cost is for a callback that does.
    native = agent.counting_callback if what == "events" else lambda _name: agent.empty_callback()
    answer["events"] = measure_events(native)
    print(json.dumps(answer))


main()
