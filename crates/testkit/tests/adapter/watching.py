"""Data of several kinds that change one after the other."""


class Account:
    def __init__(self):
        self.balance = 0
        self.log = []


def deposit(account, amount):
    account.balance += amount  # @deposit
    account.log.append(amount)  # @log
    local = amount  # @local
    local += 1  # @change
    return local  # @return


account, total, prices = Account(), 0, {"tea": 2, "cake": 3}
deposit(account, 5)  # @start
total = 5  # @total
prices["tea"] = 4  # @price
total = 5
total = 6  # @again
