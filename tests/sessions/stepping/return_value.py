def make():  # @def
    return {"a": 1}  # @make


def run():
    value = make()  # @call
    names = sorted(locals())  # @names
    return names  # @return


print(run())
