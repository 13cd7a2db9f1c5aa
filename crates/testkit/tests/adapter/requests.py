import sys


class Box:
    def __init__(self):
        self.data = bytearray(b"abc")


def double(number):  # @double
    result = 2 * number  # @inside
    return result


box = Box()
numbers = [1, 2, 3]
total = double(1) + double(2)  # @stop
try:
    numbers[9]  # @raises
except IndexError:
    total += 1
print(total)
sys.exit(3)
