import statistics  # @first
import threading


class Item:
    def __init__(self, name):
        self.name = name

    def __float__(self):
        raise ValueError(self.name)


def handled():
    try:
        raise KeyError("mine")
    except KeyError:
        return None


def broken():
    handled()
    try:
        print("in the callback")
        raise RuntimeError("callback")  # @callback
    finally:
        print("finally of the callback")


class Quiet(threading.Thread):
    def run(self):
        handled()


import contextlib

stack = contextlib.ExitStack()
stack.callback(broken)
try:
    stack.close()  # @close
except RuntimeError:
    print("caught outside")
