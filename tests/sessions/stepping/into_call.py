import json


def twice(n):  # @first
    return n * 2  # @twice


def names():  # @names
    yield "a"  # @yield
    yield "b"


class Box:
    def __init__(self, n):
        self.n = n  # @init

    def get(self):
        return self.n  # @get

    def __call__(self, n):
        return n + 1  # @call


def fact(n):
    return n if n < 2 else n * fact(n - 1)  # @fact


box = Box(3)
print(twice(twice(1)), box.get(), len("x"))  # @line
total = sum([Box(twice(2)).get(), box(5), json.loads("1")])  # @classes
for name in names(): print(name)  # @generator
first = twice(
    fact(3),
)  # @end
print(first, total)  # @last
