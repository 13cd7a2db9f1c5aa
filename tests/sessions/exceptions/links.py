def read(path):  # @first
    size = len(path)
    raise KeyError(path)  # @key


def load(path):
    try:
        read(path)
    except KeyError as error:
        total = 1
        raise ValueError("no such file") from error  # @value


def main():
    try:
        load("a.txt")
    except ValueError:
        attempt = 2
        raise RuntimeError("gave up")  # @runtime


main()
