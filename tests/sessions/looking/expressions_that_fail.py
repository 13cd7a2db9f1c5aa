import sys  # @first


class Loud:
    def __repr__(self):
        raise RuntimeError("no repr")


class Printing:
    def __repr__(self):
        print("printed by repr")
        return "Printing()"


def work():
    loud = Loud()
    try:
        raise KeyError("current")
    except KeyError:
        here = 1  # @hit
        print(repr(sys.exc_info()[1]))


work()
