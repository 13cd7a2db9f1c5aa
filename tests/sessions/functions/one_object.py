class Account:
    def __init__(self, name):
        self.name = name

    def deposit(self, amount):
        self.last = amount  # @deposit
        return amount

    @staticmethod
    def check():
        pass


class Savings(Account):
    pass


class Slotted:
    __slots__ = ()

    def run(self):
        (lambda: self)()  # @run


one, two, saved = Account("one"), Account("two"), Savings("saved")
slotted = [Slotted(), Slotted()]
print("ready")  # @ready
for account in (one, two, saved):
    account.deposit(1)
for each in slotted:
    each.run()
one = None
Account("another").deposit(2)
Savings("more").deposit(3)
