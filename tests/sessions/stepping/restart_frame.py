import threading

lock = threading.Lock()


def total(numbers):
    result = 0  # @first
    for number in numbers:
        result += number
    return result  # @return


def begins_with_a_block():
    with lock:
        pass
    return "released"  # @released


def guarded():
    print("guarded")
    with lock:
        print("inside", lock.locked())  # @inside
    try:
        print("tried")  # @tried
    finally:
        print("finally")  # @finally
    try:
        int("x")
    except ValueError:
        print("caught")  # @caught


def one_line(): return 1


def numbers():
    sent = yield 1  # @yield
    yield 2  # @second


total([1, 2])
guarded()
one_line()
begins_with_a_block()
list(numbers())
