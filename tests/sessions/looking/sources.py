def first():  # @first
    return 1


def second(n):
    total = 0
    for i in range(n):
        total += i  # @hit
    return total


class Shape:
    def area(self):
        return 2


a = 1
b = 2
c = 3
d = 4
e = 5
print(second(2))
