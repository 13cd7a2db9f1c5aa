def fail(n):  # @def
    print("fail", n)  # @print
    raise ValueError(n)  # @raise


def attempt(n):
    try:
        fail(n)  # @call
    except ValueError as error:  # @except
        print("caught", error)  # @caught
    return n  # @return


attempt(1)
attempt(2)
attempt(3)
