def twice(x): return x * 2  # @twice
def both(x): y = x + 1; return y  # @both
class Point: x = 1; y = 2  # @point
print(twice(2))
print(twice(3))
print(both(4), Point.x)
