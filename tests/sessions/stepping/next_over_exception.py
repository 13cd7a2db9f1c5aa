def inside():  # @def
    try:
        raise ValueError
    except ValueError:
        return 1


def outside():
    raise KeyError


def run():
    value = inside()  # @inside
    try:
        outside()  # @outside
    except KeyError:  # @except
        value = 2
    return value


print(run())
