class Base:  # @base
    kind = "base"


class Shape(Base):
    sides = 4
    names = [str(n) for n in range(sides)]  # @names

    class Inner:
        depth = 2  # @inner

    def area(self):
        return self.sides * 2


print(Shape().area(), Shape.Inner.depth)
