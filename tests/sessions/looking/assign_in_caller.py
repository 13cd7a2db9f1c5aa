def inner():  # @def
    return 1  # @inner


def outer():
    factor = 2
    value = inner()
    return value * factor


print(outer())
