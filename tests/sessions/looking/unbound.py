def work(flag):  # @def
    gone = 1  # @start
    del gone
    if flag:
        later = 2
    return flag  # @hit


work(False)
