class Account:  # @first
    rate = 2

    def __init__(self, balance):
        self.balance = balance  # @init

    @property
    def doubled(self):
        return self.balance * 2  # @doubled

    @classmethod
    def empty(cls):
        return cls(0)  # @empty

    @staticmethod
    def fee(amount):
        return amount // 10  # @fee

    def pay(self, amount):
        def allowed():
            return self.balance >= amount  # @allowed

        if allowed():
            self.balance -= amount
        return self.balance


account = Account(100)
print(account.doubled, Account.empty().balance, Account.fee(50), account.pay(30))
