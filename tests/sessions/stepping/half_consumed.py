def numbers():  # @def
    try:
        yield 1  # @one
        yield 2
    finally:
        print("closed")  # @closed


def first():
    source = numbers()
    value = next(source)  # @next
    source.close()  # @close
    return value  # @return


print(first())
