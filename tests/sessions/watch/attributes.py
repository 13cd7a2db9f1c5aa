class Account:
    rate = 1

    def __init__(self, owner):
        self.owner = owner
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount  # @deposit

    @property
    def total(self):
        return self.balance * self.rate


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def move(point):
    point.x += 1  # @move


def replace(account):
    account.__dict__ = {"owner": "somebody else", "balance": 100}  # @dict


mine, other, point = Account("me"), Account("you"), Point(1, 2)
mine.deposit(0)  # @start
other.deposit(5)
mine.deposit(5)
setattr(mine, "balance", 7)  # @setattr
vars(mine)["balance"] = 8  # @vars
replace(mine)
mine.deposit(1)
Account.rate = 2  # @rate
move(point)
del point.x  # @slot
del mine  # @gone
print("end")
