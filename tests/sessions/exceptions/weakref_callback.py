import weakref  # @first


class Thing:
    pass


def gone(reference):
    what = "callback"
    raise KeyError(what)  # @raise


thing = Thing()
reference = weakref.ref(thing, gone)
del thing  # @del
print("end")
