def work(n):  # @first
    return n * n  # @work


print([work(n) for n in (1, "a"[:0] or 2)])
