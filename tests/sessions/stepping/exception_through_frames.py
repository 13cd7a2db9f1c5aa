def deep():  # @def
    raise KeyError("k")  # @raise


def middle():
    deep()


def top():
    try:
        middle()
    except KeyError:  # @except
        return "caught"  # @caught


print(top())
