def work(n):
    return n + 1  # @a
