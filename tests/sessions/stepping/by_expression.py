def fact(n):
    return n if n < 2 else n * fact(n - 1)  # @fact


class Box:
    def __init__(self, items):
        self.items = items

    def __repr__(self):
        print("__repr__ has run")
        return "Box"


box = Box([3, 1, 2])  # @box
total = fact(3) + len(box.items) * 2  # @total
first = box.items[0] if box.items and total > 5 else -total  # @choice
names = list(map(str, box.items))  # @names
text = f"{names[0]} of {len(names)}"  # @text
with open(__file__) as file:  # @with
    pass
small = 0 < total < 3 or not box.items  # @small
pair = (
    fact(2),  # @fact2
    box,
)
if isinstance(box, Box): print(text, first, small)  # @if
