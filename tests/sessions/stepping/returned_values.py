class Account:
    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount, note=None):
        self.balance += amount
        return self.balance


def double(number):
    return 2 * number


def fibonacci(number):
    if number < 2:
        return number
    return fibonacci(number - 1) + fibonacci(number - 2)


def gives_nothing():
    pass


def fails():
    raise ValueError("no")


def numbers():
    yield 1


account = Account(1)  # @start
total = double(double(3)) + account.deposit(4)
gives_nothing()
value = fibonacci(12)
for number in numbers():
    print(double(number))
try:
    double(fails())
except ValueError:
    pass
double(
    8
)
double(1); (lambda: 2)()  # @last
