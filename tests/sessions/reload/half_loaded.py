def early():
    return 1


def late():
    return 2  # @late


print(early(), late())
