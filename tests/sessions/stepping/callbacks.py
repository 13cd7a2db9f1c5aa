import functools  # @first
from collections import UserList


def key(n):
    return -n  # @key


def add(a, b):
    return a + b  # @add


def run():
    ordered = sorted([1, 2], key=key)  # @sorted
    total = functools.reduce(add, [1, 2])  # @reduce
    items = UserList([total])  # @list
    items.append(2)  # @append
    cached = functools.lru_cache(add)  # @cache
    cached(1, 2)  # @cached
    return ordered, items  # @return


run()
