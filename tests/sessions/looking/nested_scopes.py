base = 1  # @first


def work(items, base):
    factor = 3
    return items  # @hit


work([1, 2, 3], 10)
