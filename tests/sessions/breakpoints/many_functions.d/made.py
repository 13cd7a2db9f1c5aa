def made(n):
    return n + 1  # @made
