def work():  # @def
    total = 0  # @total
    for n in range(2):
        total += n  # @add
    return total  # @return


work()
