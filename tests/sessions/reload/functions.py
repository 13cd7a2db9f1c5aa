import shop

account = shop.Account(1)
step = shop.counter()
numbers = shop.numbers()
print(account.deposit(1), account.double, account.fee(1), shop.tax(10), step(), next(numbers))
print(account.deposit(1), account.double, account.fee(1), shop.tax(10), step(), next(numbers))
print(next(shop.numbers()), shop.same(5), account.described(), account.half, shop.Savings(3).described())
