def tax(amount):
    return amount +
