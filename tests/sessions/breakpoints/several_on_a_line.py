def work(n):  # @first
    return n * n  # @work


print([work(n) for n in range(5)])
