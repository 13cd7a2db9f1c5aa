def numbers():  # @def
    yield 1  # @one
    yield 2  # @two
    yield 3  # @three


def consume():
    total = 0
    for n in numbers():  # @for
        total += n  # @add
    return total  # @return


print(consume())
