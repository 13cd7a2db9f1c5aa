class Node:
    def __init__(self, name, next=None):
        self.name = name
        self.next = next

    def __sizeof__(self):
        raise SystemExit("called by the debugger")

    def __repr__(self):
        raise SystemExit("called by the debugger")


class Special(Node):
    pass


class Slotted:
    __slots__ = ("value",)


cache = {}


def build():
    first = Node("first")
    second = Special("second", first)
    cache["kept"] = first
    shared = [second, first]
    slotted = Slotted()
    slotted.value = first
    call = lambda: first
    return len(shared)  # @stop


def generate(item):
    yield item


held = Node("held")
print(build())
