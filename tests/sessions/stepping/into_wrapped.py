from contextlib import contextmanager
from functools import lru_cache, partial


@lru_cache
def cached(n):
    return n + 1  # @cached


def add(a, b):
    return a + b  # @add


@contextmanager
def opened(name):
    yield name  # @opened


plus = partial(add, 1)
print(cached(plus(2)), max(3, 4))  # @line
with opened("file") as file:  # @with
    print(file)
