def work():  # @first
    first = 1
    return first  # @hit


work()
