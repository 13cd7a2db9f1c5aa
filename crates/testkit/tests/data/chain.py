class Failure(Exception):
    def __init__(self, text, code):
        super().__init__(text, code)
        self.code = code

    def __str__(self):
        return f"{self.args[0]} ({self.code})"


def suppressed():
    try:
        raise OSError("not to be told")
    except OSError:
        try:
            1 / 0
        except ZeroDivisionError as error:
            error.__suppress_context__ = True
            raise


def fail():
    try:
        try:
            suppressed()
        except ZeroDivisionError:
            raise KeyError("missing")
    except KeyError as error:
        raise Failure("no luck", 3) from error


fail()
