def descend(n):  # @def
    if n == 0:
        return 0  # @bottom
    return descend(n - 1)  # @call


print(descend(500))
