def work(n):  # @first
    n += 1  # @one
    n += 2  # @two
    n += 3  # @three
    return n  # @return


work(1)
