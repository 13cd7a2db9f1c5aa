class Account:  # @first
    def __init__(self, number):
        self.number = number
        if number == 40:
            raise ValueError("no such account")  # @raise


class Quiet:
    def __init__(self, number):
        if number % 2:
            raise KeyError(number)


def open_account(number):
    return Account(number)  # @open


for number in range(40):
    # Often enough that the interpreter calls __init__ by a shortcut.
    open_account(number)
    try:
        Quiet(number)
    except KeyError:
        pass
print("opened")
open_account(40)
