class Missing(KeyError):  # @first
    pass


def look(name, code):
    try:
        if code:
            error = Missing(name)
            error.code = code
            raise error  # @missing
        return int(name)  # @value
    except (KeyError, ValueError):
        return None


for turn in range(4):
    look("a", turn)
