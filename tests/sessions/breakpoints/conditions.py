LIMIT = 3  # @first


def big(n):
    return n > LIMIT


def scale(factor):
    def scaled(n):
        return n * factor  # @scaled

    return scaled


triple = scale(3)
print(sum(triple(n) for n in range(8)))
