def countdown(n):  # @def
    if n > 0:  # @if
        countdown(n - 1)  # @call
    return n  # @return


countdown(2)
