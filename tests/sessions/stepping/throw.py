import contextlib


@contextlib.contextmanager
def closing():
    try:
        yield
    finally:
        print("closed")


def work():
    with closing():
        try:
            print("working")  # @work
        except LookupError as error:
            print("handled", repr(error))
        print("goes on")  # @on
    return 1


def outer():
    try:
        return work()
    except ValueError as error:
        return f"outer handled {error!r}"


print(outer())
print(outer())
