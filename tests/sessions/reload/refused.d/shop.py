class Base:
    pass


class Other:
    pass


class Account(Base):
    def fee(self):
        return 1


def counter():
    count, wide = 0, 1

    def step():
        return count

    return step


def tax(amount):
    return amount
