def work():
    items = []  # @items
    for number in range(4):
        items.append(number)  # @append
    limit = 10 // (len(items) - 4 or 1)
    return limit


work()
print("end")
