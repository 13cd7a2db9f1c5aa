class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        if amount > self.balance:  # @withdraw
            raise ValueError("not enough")  # @raise
        self.balance -= amount
        return self.balance  # @return


class Savings(Account):
    pass


def numbers(count):
    for number in range(count):  # @numbers
        yield number
    return "done"  # @done


def fall_through():
    pass  # @pass


def main():
    account = Account(10)
    account.withdraw(3)
    try:
        account.withdraw(100)
    except ValueError as error:
        print("refused:", error)
    print(list(numbers(2)))
    fall_through()


main()
