def work(n):  # @def
    return n  # @hit


print(work(1))
