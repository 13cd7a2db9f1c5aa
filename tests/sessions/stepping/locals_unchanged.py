def double(n):
    return n * 2


def work():
    first = double(1)  # @first
    second = double(first)
    return sorted(locals())  # @names


print(work())
