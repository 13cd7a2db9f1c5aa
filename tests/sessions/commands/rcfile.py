def work(n):  # @first
    return n  # @work


work(4)
work(5)
