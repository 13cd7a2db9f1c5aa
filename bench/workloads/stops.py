"""Stops in a function with objects, locks and a module to reload, for what is asked for and done at a stop."""

import sys
import threading

sys.path.insert(0, sys.argv[1])
import edited


class Account:
    def __init__(self, number):
        self.number = number
        self.entries = [number]


def deposit(account, amount):
    account.entries[0] += amount  # @stop
    return edited.value()


def hold(lock, ready):
    with lock:
        ready.set()
        threading.Event().wait()


accounts = [Account(number) for number in range(1000)]
lock, ready = threading.Lock(), threading.Event()
threading.Thread(target=hold, args=(lock, ready), daemon=True).start()
ready.wait()
while True:
    for account in accounts:
        try:
            deposit(account, 1)
        except ValueError:
            pass
