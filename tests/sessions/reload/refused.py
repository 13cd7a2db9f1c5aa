import shop

step = shop.counter()
account = shop.Account()
print("here")  # @here
print(account.fee(), step(), shop.tax(1))
