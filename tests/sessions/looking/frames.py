def inner(c):  # @def
    return c + 1  # @hit


def middle(b):
    local = "m"
    return inner(b * 2)  # @middle


def outer(a):
    return middle(a + 1)  # @outer


print(outer(1))  # @call
