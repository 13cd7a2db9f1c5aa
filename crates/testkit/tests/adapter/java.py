"""Calls, locks and threads for what Java's debug interface offers too."""

import threading


class Account:
    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount  # @deposit
        return self.balance  # @return


def refuse(amount):
    raise ValueError(amount)


def hold(lock, ready, go):
    with lock:
        ready.set()
        go.wait()


lock, ready, go = threading.Lock(), threading.Event(), threading.Event()
threading.Thread(target=hold, args=(lock, ready, go), name="holder", daemon=True).start()
ready.wait()
account = Account(1)
first = account.deposit(5)  # @first
second = account.deposit(6)
try:
    refuse(second)
except ValueError:
    pass
print("end", account.balance)  # @end
go.set()
