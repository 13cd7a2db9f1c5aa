first = 1  # @first
second = first + 1
third = second + 1  # @third
print(third)
last = None  # @last
