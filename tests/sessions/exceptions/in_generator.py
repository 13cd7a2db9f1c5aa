import contextlib  # @first


def numbers():
    try:
        yield 1
        yield 2
        raise ValueError("no more")  # @raise
    finally:
        print("finally")


def evens():
    for number in numbers():
        if number % 2 == 0:
            yield number


def delegated():
    yield from evens()


@contextlib.contextmanager
def tolerant():
    try:
        yield
    except ValueError:
        print("caught by the manager")


with contextlib.suppress(ValueError):
    list(delegated())
with tolerant():
    sum(delegated())
try:
    next(delegated())
    list(map(str, delegated()))
except ValueError:
    print("caught")
with contextlib.suppress(KeyError):
    print(sorted(delegated()))
