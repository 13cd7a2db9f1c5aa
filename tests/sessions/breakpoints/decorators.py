import functools  # @first


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args) + 1  # @wrapper

    return wrapper


@logged  # @decoration
def add(a, b):
    return a + b  # @body


print(add(1, 2))
