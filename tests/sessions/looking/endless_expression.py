import itertools  # @first


def hang():
    for n in itertools.count():
        if n == 10:
            print("counting")


def work():
    value = 1
    return value  # @hit


print(work())
