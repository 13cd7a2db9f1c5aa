def numbers():
    yield 1
    yield 2


def broken():
    yield 1
    raise KeyError("gone")  # @raise


def caught():
    try:
        raise ValueError("inner")
    except ValueError:
        pass
    return "fine"


def replaced():
    try:
        raise ValueError("first")
    finally:
        try:
            raise KeyError("second")
        except KeyError:
            pass


closed = numbers()
next(closed)
closed.close()
try:
    list(broken())
except KeyError:
    pass
caught()
try:
    replaced()
except ValueError:
    pass
