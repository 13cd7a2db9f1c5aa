class Stock:
    def __init__(self):
        self.left = 10

    def take(self, number):
        self.left -= number  # @take


stock = Stock()
for number in [1, 2, 3, 1, 1, 5]:  # @loop
    stock.take(number)
print("end")
