import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


class Account:
    rate = 1

    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount
        return self.balance

    @property
    def double(self):
        return self.balance * 2

    @staticmethod
    def fee(amount):
        return 1


@logged
def tax(amount, share=0.1):
    return amount * share


def counter():
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    return step


def numbers():
    yield 1
    yield 2


def same(value):
    return value
