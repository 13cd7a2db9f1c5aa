def add(a, b):  # @first
    return a + b  # @add


total = add(1, 2) + add(3, 4)  # @sum
print(total)  # @print
