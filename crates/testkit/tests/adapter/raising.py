"""Raises in many ways and catches all of it but the last."""

import json


class Missing(KeyError):
    pass


def look_up(name):
    raise Missing(name)  # @missing


def wrapped(name):
    try:
        return look_up(name)
    except Missing as error:
        raise error


def bare(name):
    try:
        wrapped(name)
    finally:
        name = None


def first(iterator):
    try:
        return next(iterator)
    except StopIteration:
        return None


def numbers():
    yield 1
    return 2


for name in ["a", "b"]:
    try:
        bare(name)
    except KeyError:
        pass

try:
    json.loads("{")  # @library
except ValueError:
    pass

print(list(numbers()), first(iter(numbers())), first(iter([])))

value = [
    1,

    (lambda: 2)(),
]
int("x")  # @last
