import shop.basket  # @first

shop.basket.add("apple")
print(shop.basket.total())
