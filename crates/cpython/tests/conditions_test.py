"""Run by values.rs on every Python: generated conditions, asked natively and by Python's own `if` in the same frame.

What is compared is the answer or the exception with its text, and the log of the program's methods that were called. No
reference may be lost or kept.
"""

import random
import sys
import warnings

import probe

warnings.simplefilter("ignore")

SEED = 20261123
ROUNDS = 4000

log = []


class Logged:
    """Answers differently by what it holds, and tells of each question."""

    def __init__(self, value):
        self.value = value
        self.x = value

    def __eq__(self, other):
        log.append(("eq", repr(other)))
        return self.value == other

    __hash__ = None

    def __lt__(self, other):
        log.append(("lt", repr(other)))
        if self.value is None:
            raise ValueError("no order")
        return Odd(self.value)

    def __bool__(self):
        log.append(("bool", self.value))
        return bool(self.value)

    def __len__(self):
        log.append(("len",))
        return 3

    def __contains__(self, other):
        log.append(("contains", repr(other)))
        return other == self.value

    def __add__(self, other):
        log.append(("add", repr(other)))
        return Odd(other)

    def __neg__(self):
        log.append(("neg",))
        return self.value

    @property
    def y(self):
        log.append(("y",))
        if self.value is None:
            raise KeyError("y")
        return self.value

    def __repr__(self):
        return f"Logged({self.value!r})"


class Odd:
    """A truth that is no bool, as of an array of one item."""

    def __init__(self, value):
        self.value = value

    def __bool__(self):
        log.append(("odd", repr(self.value)))
        if self.value == 7:
            raise TypeError("ambiguous")
        return bool(self.value)

    def __repr__(self):
        return "Odd"


class Number(int):
    def __eq__(self, other):
        log.append(("Number.eq", int(self)))
        return NotImplemented

    def __lt__(self, other):
        log.append(("Number.lt", int(self)))
        return True

    __hash__ = int.__hash__


class Plain(int):
    pass


class Text(str):
    def __eq__(self, other):
        log.append(("Text.eq",))
        return True

    __hash__ = str.__hash__


def twice(value):
    log.append(("twice",))
    return value, value


VALUES = [
    0, 1, -1, 7, 255, 256, 257, -5, -6, 2**30 - 1, 2**30, -(2**30), 2**31, 2**63 - 1, 2**63, -(2**63), 10**30,
    True, False, None, 0.0, -0.0, 1.0, 7.5, float("nan"), float("inf"), float("-inf"), 2.0**53, 1j,
    "", "a", "abc", Text("a"), b"a", (), (1, 2), [], [7, None], {}, {"a": 1, 1: "b"}, {1, 7}, frozenset((1,)),
    Number(1), Number(7), Plain(7), Plain(2**40), Logged(0), Logged(1), Logged(7), Logged(None), Odd(0), Odd(1), Odd(7),
    object(), int, len, ...,
]
CONSTANTS = ["0", "1", "-1", "7", "257", "1073741824", "-1073741824", "9223372036854775808", "1.0", "-0.5", "True",
             "False", "None", "'a'", "'abc'", "b'a'", "1j", "...", "3"]
NAMES = ["a", "b", "n", "cell", "captured", "unbound", "unbound_cell", "unbound_captured", "a_global", "missing",
         "int", "len"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in"]
OPERATORS = ["+", "-", "*", "/", "//", "%", "&", "|", "^"]

a_global = None


def expression(rng, depth):
    kinds = ["name", "name", "constant"]
    if depth:
        kinds += ["compare", "compare", "compare", "and", "or", "not", "attribute", "item", "unary", "binary", "choice",
                  "call", "chain", "membership"]
    part = lambda: expression(rng, depth - 1)
    match rng.choice(kinds):
        case "name":
            return rng.choice(NAMES)
        case "constant":
            return rng.choice(CONSTANTS)
        case "compare":
            return f"({part()} {rng.choice(COMPARISONS)} {part()})"
        case "chain":
            return f"({part()} {rng.choice(COMPARISONS)} {part()} {rng.choice(COMPARISONS)} {part()})"
        case "membership":
            constants = ", ".join(rng.choices(CONSTANTS, k=rng.randint(0, 3)))
            opening, closing = rng.choice(("[]", "()"))
            return f"({part()} {rng.choice(['in', 'not in'])} {opening}{constants or 1},{closing})"
        case "and":
            return f"({part()} and {part()} and {part()})"
        case "or":
            return f"({part()} or {part()})"
        case "not":
            return f"(not {part()})"
        case "attribute":
            return f"({part()}).{rng.choice(['x', 'y', 'real', 'value', 'none'])}"
        case "item":
            return f"({part()})[{part()}]"
        case "unary":
            return f"({rng.choice(['-', '+', '~'])}{part()})"
        case "binary":
            return f"({part()} {rng.choice(OPERATORS)} {part()})"
        case "choice":
            return f"({part()} if {part()} else {part()})"
        case "call":
            return rng.choice([f"len({part()})", f"isinstance({part()}, int)", f"twice({part()})", f"isinstance({part()}, (int, str))",
                               f"max({part()}, {part()}, {part()}, 1, 2)"])


PROGRAM = """
def outer(captured, ask, way):
    if None:
        unbound_captured = 1
    def condition(a, b, n, cell):
        (lambda: (cell, unbound_cell))
        if None:
            unbound = unbound_cell = (captured, unbound_captured)
        try:
            if {expression}:
                expected = True
            else:
                expected = False
        except Exception as error:
            expected = type(error), str(error)
        expected_log = log[:]
        log.clear()
        try:
            found = ask({text!r}, way)
        except Exception as error:
            found = type(error), str(error)
        return expected, expected_log, found
    return condition
"""


def check(text, values, way):
    """Gives false if the condition cannot be asked in this way."""
    namespace = globals()
    exec(compile(PROGRAM.format(expression=text, text=text), "<conditions>", "exec", dont_inherit=True), namespace)
    condition = namespace.pop("outer")(values[4], probe.ask, way)
    log.clear()
    expected, expected_log, found = condition(*values[:4])
    if found is None:
        assert not log, (text, values, log)
        return False
    assert found == expected and log == expected_log, (
        f"{text} with {values} asked as {way}: {found} {log}, but Python says {expected} {expected_log}"
    )
    return True


def test_generated_conditions():
    global a_global
    rng = random.Random(SEED)
    asked = {"plan": 0, "function": 0}
    for _ in range(ROUNDS):
        text = expression(rng, rng.choice((1, 1, 2, 3)))
        values = rng.choices(VALUES, k=5)
        a_global = rng.choice(VALUES)
        for way in asked:
            asked[way] += check(text, values, way)
    # Functions leave conditions with unbound variables to evaluation.
    assert asked["plan"] == ROUNDS and asked["function"] > ROUNDS / 3, asked


def test_plainest_conditions():
    """Every pair of values, by the comparisons that need neither references nor calls."""
    for comparison in COMPARISONS[:8]:
        for left in VALUES[:30]:
            for right in CONSTANTS[:8] + ["b", "None"]:
                for text in (f"a {comparison} {right}", f"a {comparison} {right} and n is None"):
                    assert check(text, [left, 7, None, 0, 0], "plan")


def test_names_that_are_not_there():
    for text in ("unbound == 1", "unbound_cell", "unbound_captured > 2", "missing is None", "a.none", "a[0]"):
        assert check(text, [1, 2, 3, 4, 5], "plan")


def test_replaced_builtins():
    global len
    len = lambda value: 99
    try:
        assert check("len(b) == 99", [1, "b", 3, 4, 5], "plan")
    finally:
        del len


def test_references():
    def ask(text, thing, other):
        return probe.ask(text, "plan")

    class Thing:
        pass

    thing, other = Thing(), 10**20
    thing.x, thing.list = 10**19, [other]
    texts = ["thing.x > other", "thing.x == other and thing is other", "thing.list[0] is other", "len(thing.list) == 1",
             "thing.missing", "other in thing.list", "thing.x + other > thing.x", "-other < other < thing.x",
             "(thing or other) is None", "isinstance(thing, int)", "max(other, other, other, other, other, other) < 1"]
    watched = thing, other, thing.x, thing.list, None, True
    for text in texts:
        for _ in range(3):
            before = [sys.getrefcount(value) for value in watched]
            for _ in range(50):
                try:
                    ask(text, thing, other)
                except AttributeError:
                    pass
            after = [sys.getrefcount(value) for value in watched]
        assert before == after, (text, before, after)


def test_modules_and_classes():
    namespace = {"probe": probe, "x": 3}
    exec("found = probe.ask('x == 3', 'plan')", namespace)
    assert namespace["found"] is True
    # Names of other namespaces than a module's are left to evaluation.
    local = {"x": 4}
    exec("found = probe.ask('x == 3', 'plan'), probe.ask('x == 3', 'function')", namespace, local)
    assert local["found"] == (None, None)


for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()
print("conditions: all passed, seed", SEED)
