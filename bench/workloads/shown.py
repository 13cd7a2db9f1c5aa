"""A function with something to show and lines to step over: for what an editor asks at a stop."""


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance


def turn(accounts):
    names = [account.owner for account in accounts]
    by_name = dict(zip(names, accounts))
    total = 0  # @shown
    while by_name:
        total += 1
        total -= 1


turn([Account("owner %d" % number, number) for number in range(100)])
