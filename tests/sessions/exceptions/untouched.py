import weakref


class Held:
    pass


held = []


def fail():
    inside = Held()
    held.append(weakref.ref(inside))
    raise ValueError("no")  # @raise


def caught():
    try:
        fail()
    except ValueError as error:
        return vars(error), error.args


print(caught())
print(held[0]() is None)  # @after
