def f(n):  # @first
    return n


print(f(1), f(2))  # @calls
