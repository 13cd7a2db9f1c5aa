def work(n):  # @first
    c = 1
    return n, c  # @hit


print(work(1))
