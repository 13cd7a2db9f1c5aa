import contextlib  # @first


def named(name):
    def call(self, *_):
        raise ValueError(name)  # @raise

    return type(name, (), {"__call__": call, "__slots__": ()})


for name in "builtin_function_or_method", "method_descriptor", "functools.partial", "functools._lru_cache_wrapper":
    try:
        named(name)()(1)
    except ValueError as error:
        print(error)


class Types:
    def __len__(self):
        print("asked")
        return 0


suppressing = contextlib.suppress(KeyError)
suppressing._exceptions = Types()
try:
    with suppressing:
        raise KeyError
except (TypeError, KeyError):
    print("no types")
named("function")()(1)
