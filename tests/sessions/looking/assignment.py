limit = 1  # @first


class Box:
    size = 1


def outer(parameter):
    captured = "old"
    box = Box()
    items = [1, 2]

    def inner():
        nonlocal captured
        value = 1
        print(value, captured, parameter)  # @inner
        captured += "!"

    inner()
    print(captured, parameter, box.size, items, limit)  # @outer
    return captured


outer("p")
