class Base:
    pass


class Other:
    pass


class Account(Other):
    def fee(self):
        return 2


def counter():
    count, wide = 0, 1

    def step():
        return count + wide

    return step


def tax(amount, share=len("ab")):
    return amount * share
