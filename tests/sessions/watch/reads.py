class Account:
    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount  # @deposit
        return self


class Slotted:
    __slots__ = ("value",)


def total(accounts):
    return sum(account.balance for account in accounts)


def later():
    exec(compile("seen = one.balance", "later.py", "exec"), globals())


one, other = Account(1), Account(2)
slotted = Slotted()
slotted.value = 5
print("begin")  # @begin
other.deposit(1)
print(other.balance)
print(getattr(one, "balance"))
one.deposit(10)  # @call
one.balance = 20
print(total([other, one]))
print(slotted.value)  # @slotted
print("end", one.balance)  # @end
