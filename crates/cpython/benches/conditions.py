"""Asks conditions in a frame of this function, as often as the driver (conditions.rs) says, and answers with nanoseconds."""

import sys

import probe


class Account:
    def __init__(self):
        self.balance = 5


class Slots:
    __slots__ = ("balance",)

    def __init__(self):
        self.balance = 5


def serve(i, s, account, slots, limit, items):
    conditions = {}
    for line in sys.stdin:
        count, text = line.rstrip("\n").split(" ", 1)
        if text not in conditions:
            conditions[text] = probe.Condition(text)
        print(conditions[text].time(int(count)), flush=True)


serve(7, 12, Account(), Slots(), 10, [1, 2, 3])
