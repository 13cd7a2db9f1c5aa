def check(number):  # @first
    if number > 2:
        raise ValueError(number)  # @raise
    return number


class Checked:
    def __new__(cls, number):
        check(number)
        return super().__new__(cls)


def total():
    try:
        return sum(map(check, [1, 2, 3]))  # @sum
    finally:
        print("finally")


try:
    Checked(3)
except ValueError:
    print("caught")
total()
