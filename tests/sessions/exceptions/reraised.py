def parse(text):  # @first
    try:
        return int(text)
    except ValueError as error:
        raise RuntimeError("bad number") from error  # @from


try:
    parse("1")
    parse("x")
except RuntimeError:
    raise  # @raise
