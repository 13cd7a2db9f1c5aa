import array
import collections
import ctypes
import enum
import functools


class Colour(enum.Enum):
    RED = 1


class Account:
    """Its getters say when they run."""

    __slots__ = ("__dict__", "slot")
    calls = []

    def __init__(self):
        self.name = "Ada"
        self._inner = [1, 2]
        self.__secret = {"a": 1}
        self.slot = 5

    @property
    def balance(self):
        Account.calls.append("balance")
        return [10, 20]

    @property
    def limit(self):
        return self.slot

    @limit.setter
    def limit(self, value):
        self.slot = value

    @functools.cached_property
    def cached(self):
        Account.calls.append("cached")
        return "once"

    @property
    def broken(self):
        raise ValueError("no such thing")

    def __repr__(self):
        Account.calls.append("repr")
        return "Account!"


class Fancy(str):
    def __eq__(self, other):
        Account.calls.append("eq")
        return str.__eq__(self, other)

    __hash__ = str.__hash__


Point = collections.namedtuple("Point", "x y")
shadowed = "global"
counter = 0


def outer():
    captured = 1

    def inner(argument, *rest, option=None):
        nonlocal captured
        captured += 1
        shadowed = "local"
        million = list(range(1_000_000))
        table = {str(number): number for number in range(100_000)}
        odd = {"it's": [1], 'say "hi"': 2, "back\\slash": 3, (1, "a"): 4, None: 5, 1.5: 6, Colour.RED: 7, "line\nbreak": 8}
        nested = {"a": [{"b": (1, 2)}]}
        account = Account()
        members = {"x"}
        point = Point(1, 2)
        setattr(account, "class", "keyword")
        setattr(account, "two words", "spaced")
        data = bytearray(b"hello world")
        fixed = b"fixed"
        foreign = (ctypes.c_uint16 * 3)(1, 2, 3)
        numbers = array.array("i", [1, 2, 3])
        view = memoryview(data)[2:5]
        number = 255
        view.release()
        view = memoryview(bytes(4))
        stop = "here"  # @stop
        return captured, shadowed, million, table, odd, nested, account, members, point, data, numbers, number, view, stop, foreign

    return inner(1, 2, option=3), captured


result = outer()
print("captured", result[1], "number", result[0][11], result[0][2][999_999], counter)  # @after
