import contextlib  # @first


@contextlib.contextmanager
def tidy():
    try:
        yield
    finally:
        print("tidied")


def work(n):
    with tidy():
        raise KeyError("lost")  # @raise


with contextlib.suppress(ValueError):
    raise ValueError
work(1)
