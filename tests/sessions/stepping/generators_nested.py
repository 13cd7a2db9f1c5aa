def inner():
    got = yield 1  # @one
    yield got  # @two
    return "result"  # @return


def outer():
    value = yield from inner()  # @from
    yield value  # @value


def consume():
    source = outer()  # @start
    first = next(source)  # @first
    second = source.send("sent")  # @send
    third = next(source)  # @third
    try:
        source.throw(KeyError("thrown"))  # @throw
    except KeyError:  # @except
        pass
    squares = (n * n for n in range(2))  # @squares
    total = sum(squares)  # @sum
    pairs = zip(inner(), inner())  # @zip
    next(pairs)  # @pairs
    return first, second, third, total  # @end


print(consume())  # @print
