import functools
import math

LIMIT = 100


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
        if amount > self.__most():
            amount = 0
        self.balance += amount * 10
        return self.balance

    @property
    def double(self):
        return self.balance * 2000

    @staticmethod
    def fee(amount):
        return 2

    def __most(self):
        return 1000

    def described(self):
        return f"{__class__.__name__} of {self.balance}"

    @property
    def half(self):
        return self.balance / 2


class Savings(Account):
    def described(self):
        return "savings: " + super().described()


@logged
def tax(amount, share=0.5):
    return amount * share


def counter():
    count = 0

    def step():
        nonlocal count
        count += 100
        return count

    return step


def numbers():
    yield 10
    yield 20


def same(value):
    return value


def rounded(value):
    return math.floor(value)
