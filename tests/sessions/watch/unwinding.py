def risky(value):
    local = value  # @local
    return 1 // (local - 1)  # @raise


def values():
    item = 0  # @item
    yield item
    item = 1  # @next
    yield item


try:
    risky(1)  # @start
except ZeroDivisionError:
    print("caught")
for value in values():
    print(value)
