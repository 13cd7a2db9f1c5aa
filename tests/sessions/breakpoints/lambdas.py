import functools  # @first

double = lambda x: x * 2  # @double
add = (lambda a, b:
       a + b)  # @sum
print(double(4))
print(functools.reduce(add, [1, 2, 3]))
print(sorted([3, 1], key=lambda n: -n))  # @key
