"""Run by values.rs on every Python: plain assertions, each test a function."""

import collections
import dataclasses
import enum
import gc
import pathlib
import sys
import time
import traceback

import probe

ran = []


def evil(*_, **__):
    ran.append(traceback.extract_stack(limit=2)[0].lineno)
    raise RuntimeError("code of the program ran")


class Meta(type):
    __getattribute__ = evil
    __repr__ = evil
    __instancecheck__ = evil
    __subclasscheck__ = evil


class Evil(metaclass=Meta):
    __slots__ = ("kept", "__dict__")
    __repr__ = __str__ = __getattr__ = __getattribute__ = __len__ = __iter__ = __bool__ = evil
    __class__ = property(evil)
    computed = property(evil)
    __format__ = __hash__ = __eq__ = __dir__ = evil


def subclass(base):
    names = ("__repr__", "__str__", "__len__", "__iter__", "__getitem__", "__getattribute__", "__eq__", "__bool__",
             "__index__", "__float__", "__int__", "keys", "items", "values")
    return type("Evil" + base.__name__, (base,), dict.fromkeys(names, evil))


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int
    y: object = dataclasses.field(default=None, repr=False)


Pair = collections.namedtuple("Pair", "left right")


def test_nothing_of_the_program_runs():
    object_ = object.__new__(Evil)
    object.__setattr__(object_, "kept", 5)
    object.__setattr__(object_, "more", 6)
    looked_at = [object_, Evil, [object_], {"k": object_}, (object_,), lambda x=object_: x, Point(1, object_),
                 Point(object_), Pair(object_, 1), ValueError(object_), slice(object_), collections.deque([object_]),
                 collections.defaultdict(evil, k=object_), type("Plain", (), {"__getattr__": evil})()]
    looked_at += [subclass(base)() for base in (list, tuple, dict, set, frozenset, str, bytes, int, float, bytearray)]
    method = type("Owner", (), {"m": lambda self: 0, "__repr__": evil})()
    looked_at.append(method.m)
    ran.clear()
    for value in looked_at:
        probe.describe(value, 200), probe.type_name(value), probe.counts(value), probe.children(value, 0, 0)
        probe.whatis(value)
    assert ran == [], ran
    found = {name: value for name, value, _ in probe.children(object_, 0, 0)}
    # A property is named, and has no value until it is asked for.
    assert found == {"kept": 5, "more": 6, "computed": None}, found


def test_plain_values():
    looped = [1]
    looped.append(looped)
    for value in (1, -1, 2**64, True, None, 1.5, 2j, "a'b", "é\n", "\ud800", b"x", bytearray(b"y"), [], [1], (), (1,), (1, 2),
                  {}, {"a": [1]}, set(), {1}, frozenset(), frozenset({2}), range(3), range(1, 9, 2), slice(1, None), ...,
                  int, Point, len, [].append, looped, Colour.RED, Point(1), Pair(1, 2), {}.keys(), {1: 2}.items(),
                  ValueError("x"), KeyError("a", 1), pathlib.Path("a/b"), pathlib.Path("/x"), pathlib.Path(),
                  collections.OrderedDict(a=1), collections.deque([1], 3), collections.defaultdict(list, a=[1]),
                  collections.Counter("aa"), object, test_plain_values, 10**300, -(10**700)):
        assert probe.describe(value, 10_000) == repr(value), (probe.describe(value, 10_000), repr(value))
        assert probe.repr(value, 10_000) == repr(value), (probe.repr(value, 10_000), repr(value))


def test_bounds():
    started = time.perf_counter()
    for value in (list(range(5_000_000)), dict.fromkeys(range(1_000_000)), set(range(1_000_000)), "x" * 10**8, b"x" * 10**8,
                  {"a": [list(range(1000))] * 1000}, 10**100_000, 3**1_000_000, collections.deque(range(1_000_000))):
        began = time.perf_counter()
        assert len(probe.describe(value, 200)) <= 201
        assert probe.repr(value, 10_000).endswith(")") and len(probe.repr(value, 10_000)) < 10_200
        probe.counts(value), probe.children(value, 0, 20)
        assert time.perf_counter() - began < 1, type(value)
    nested = []
    for _ in range(100_000):
        nested = [nested]
    assert probe.describe(nested, 200).endswith("…") or "…" in probe.describe(nested, 200)
    assert "…" in probe.repr(nested, 10_000)
    while nested:
        nested = nested.pop()
    assert probe.describe(10**5000, 10_000) == "1" + "0" * 5000
    assert probe.describe(10**5000, 50).startswith("1" + "0" * 40)


def test_repr_that_misbehaves():
    def raises(self):
        raise LookupError("no text")

    for text, wanted in ((lambda self: 5, "TypeError"), (raises, "LookupError: no text")):
        value = type("Bad", (), {"__repr__": text})()
        for holder, expected in ((value, wanted), ([value], wanted.split(":")[0])):
            try:
                shown = probe.repr(holder, 100)
            except RuntimeError as error:
                shown = str(error)
            assert expected in shown, shown
    shrinking = []

    class Shrinks:
        def __repr__(self):
            shrinking.clear()
            return "gone"

    shrinking.extend([Shrinks(), 1, 2])
    assert "gone" in probe.repr(shrinking, 100)
    changing = {}

    class Grows:
        def __repr__(self):
            changing.update((len(changing) + n, 0) for n in range(100))
            return "grown"

    changing["a"] = Grows()
    assert "grown" in probe.repr(changing, 1000)
    assert probe.repr(type("Surrogate", (), {"__repr__": lambda self: "\udc80"})(), 100) == "\\udc80"


def test_children():
    assert probe.children([10, 20, 30], 1, 1) == [("1", 20, "[1]")]
    assert probe.children({"a": 1, 2: 3}, 0, 0) == [("'a'", 1, "['a']"), ("2", 3, "[2]")]
    assert probe.counts(Point(1)) == (2, 0)
    items = [1, 2]
    probe.set_child(items, "1", 5)
    table = {"k": 1}
    probe.set_child(table, "'k'", 6)
    point = Point(1)
    probe.set_child(point, "x", 7)
    assert (items, table, point.x) == ([1, 5], {"k": 6}, 7)
    assert ("captured", 3) in [(name, value) for name, value, _ in probe.children((lambda captured: lambda: captured)(3), 0, 0)]


def test_reading_and_assigning():
    def outer(argument, *rest, key=1, **others):
        cell = "cell"
        later = 0
        del later

        def inner():
            nonlocal cell
            cell += "!"
            return sys._getframe(), cell

        frame = sys._getframe()
        names = [(name, is_argument) for name, _, is_argument in probe.read(frame)]
        assert names[:4] == [("argument", True), ("key", True), ("rest", True), ("others", True)], names
        assert "later" not in dict(names) and "cell" in dict(names)
        probe.assign(frame, "argument", 10)
        probe.assign(frame, "cell", "new")
        inner()
        probe.assign(frame, "key", 20)
        return argument, cell, key

    assert outer(1, 2) == (10, "new!", 20)
    # Kept alive: on 3.13.0 a frame that outlives its generator shows garbage (gh-125723).
    generator = (sys._getframe() for _ in [0])
    assert [name for name, _, _ in probe.read(next(generator))] == ["_"]


def run(text, mode="statement"):
    return probe.run(sys._getframe(1), text, mode)


def test_evaluation():
    factor, items = 3, [1, 2]
    assert run("[i * factor for i in items]") == [3, 6]
    assert run("sum(i * factor for i in items)") == 9
    assert run("(lambda: factor)()") == 3
    run("factor += 1")
    run("items = [i * factor for i in items]; extra = 1")
    assert (factor, items) == (4, [4, 8])
    assert run("extra + 1") == 2
    run("def twice(n): return n * factor")
    assert run("twice(2)") == 8
    run("if (n := len(items)) > 1: factor = n")
    assert factor == 2
    assert run("x = None") is None and run("None") is None
    for text, wanted in (("1 / 0", "ZeroDivisionError: division by zero"), ("missing", "NameError"), ("1 +", "SyntaxError"),
                         ("raise SystemExit(3)", "SystemExit: 3"), ("raise KeyboardInterrupt", "KeyboardInterrupt")):
        try:
            run(text)
        except RuntimeError as error:
            assert str(error).startswith(wanted), error
        else:
            raise AssertionError(text)
    namespace = {}
    try:
        raise KeyError("current")
    except KeyError as current:
        assert run("__import__('sys').exc_info()[1]") is current
        try:
            run("1 / 0")
        except RuntimeError:
            pass
        assert sys.exc_info()[1] is current and len(traceback.extract_tb(current.__traceback__)) == 1


class Account:
    def __init__(self):
        self.__secret = 1

    def method(self):
        return run("self.__secret"), __class__


def test_private_names_and_super():
    assert Account().method()[0] == 1


def test_set_expression_and_conditions():
    value, items, box = 1, [1, 2], Point(1)
    frame = sys._getframe()
    probe.set_expression(frame, "value", "value + 1")
    probe.set_expression(frame, "items[0]", "5")
    probe.set_expression(frame, "box.x", "items[0]")
    assert (value, items, box.x) == (2, [5, 2], 5)
    assert probe.holds(frame, "value == 2 and any(i > value for i in items)")
    assert not probe.holds(frame, "value > 2")
    assert probe.check_syntax("value ==") and probe.check_syntax("value == 1") is None


def test_completions_ask_nothing():
    thing = object.__new__(Evil)
    object.__setattr__(thing, "more", 1)
    ran.clear()
    frame = sys._getframe()
    assert "thing" in probe.completions(frame, "thi")
    assert "more" in probe.completions(frame, "thing.mo")
    assert "kept" in probe.completions(frame, "x = thing.ke")
    assert ran == []


def test_hover_runs_nothing():
    thing = object.__new__(Evil)
    object.__setattr__(thing, "more", 1)
    ran.clear()
    for text in ("thing.computed", "thing.more", "thing[0]", "thing()", "thing == 1", "[thing][0].nothing"):
        try:
            run(text, "quiet")
        except RuntimeError:
            pass
    assert ran == [], "a hover ran code of the program"
    items, table, point, unbound = [1, [2, 3]], {"k": Point(7)}, Pair(4, 5), 0
    del unbound
    wanted = {"items[1][-1]": 3, "table['k'].x": 7, "point.left": 4, "ran": ran, "len": len, "Colour.RED": Colour.RED, "5": 5}
    for text, value in wanted.items():
        assert run(text, "quiet") == value, text
    for text in ("unbound", "missing", "items[9]", "items[0].nothing"):
        try:
            raise AssertionError(run(text, "quiet"))
        except RuntimeError:
            pass


def test_nothing_is_kept():
    class Held:
        pass

    value = Held()
    before = sys.getrefcount(value)
    for _ in range(100):
        probe.describe([value], 200), probe.repr([value], 200), probe.children([value], 0, 0), probe.read(sys._getframe())
        run("[value for _ in (1,)]"), run("(lambda: value)()"), probe.holds(sys._getframe(), "value is not None")
    gc.collect()
    assert sys.getrefcount(value) <= before + 1, (before, sys.getrefcount(value))


def test_line_tables():
    """What is read of the tables is what the interpreter reads, for all code of a few large modules."""
    import argparse, decimal, inspect, typing

    def merged(code):
        """3.11 alone tells of neighbours on one line one by one."""
        found = []
        for start, end, line in code.co_lines():
            if sys.version_info[:2] == (3, 11) and found and found[-1][2] == line:
                start = found.pop()[0]
            found.append((start, end, line))
        return found

    seen = 0
    for module in (argparse, decimal, inspect, typing, traceback):
        with open(module.__file__) as source:
            todo = [compile(source.read(), module.__file__, "exec", dont_inherit=True)]
        while todo:
            code = todo.pop()
            todo += [constant for constant in code.co_consts if isinstance(constant, type(code))]
            assert probe.lines(code) == merged(code), (module, code)
            seen += 1
    long = compile("x = 1\n" + "\n" * 5000 + "y = (1,\n 2)\n" + "z = f(x)\n" * 300, "long", "exec")
    assert probe.lines(long) == merged(long)
    assert probe.lines(long.replace(co_linetable=b"")) == []
    assert seen > 500


tests = [test for name, test in list(globals().items()) if name.startswith("test_")]
failed = 0
for test in tests:
    try:
        test()
    except BaseException:
        failed += 1
        print(f"{test.__name__}:", file=sys.stderr)
        traceback.print_exc()
print(f"{len(tests) - failed} of {len(tests)} passed")
sys.exit(failed != 0)
