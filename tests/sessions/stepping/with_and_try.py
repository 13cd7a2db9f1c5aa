class Door:  # @class
    def __enter__(self):
        return "open"  # @enter

    def __exit__(self, *error):
        return True  # @exit


def run():
    with Door() as door:  # @with
        raise ValueError(door)  # @raise
    return "after"  # @after


print(run())
