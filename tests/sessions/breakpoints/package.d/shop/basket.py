items = []


def add(item):
    items.append(item)  # @add


def total():
    return len(items)  # @total
