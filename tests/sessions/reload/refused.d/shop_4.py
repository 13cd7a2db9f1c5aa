class Base:
    pass


@undefined
def new():
    pass


def tax(amount):
    return amount * 7
