from contextlib import contextmanager  # @first


@contextmanager
def opened(name):
    try:
        yield name  # @opened
    finally:
        print("closed", name)  # @closed


def convert(text):
    try:
        value = int(text)
    except ValueError:
        value = None  # @except
    else:
        value += 1  # @else
    finally:
        print("done", text)  # @finally
    return value


with opened("file") as name:  # @with
    print(convert("1"), convert("x"))
