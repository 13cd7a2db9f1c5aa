LEVEL = 1  # @level


def value():
    return LEVEL + 1  # @value
