def work(number, *rest, key="k", **others):  # @def
    nothing = None
    table = {"name": ["a" * 30, "b" * 30, "c" * 30], "other": (1, 2)}
    return nothing  # @hit


class Thing:
    """A thing."""

    def method(self):
        return 1


work(1, 2, 3, other=4)
