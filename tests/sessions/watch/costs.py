total = 0


def outer():
    shared = 0

    def inner():
        nonlocal shared
        shared += 1

    local = [1]
    inner()  # @here
    return local


outer()
