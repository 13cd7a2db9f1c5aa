class Box:
    def __init__(self):
        self.content = None

    def put(self, content):
        self.content = content  # @put


def change(numbers, table, seen, data, box):
    numbers.append(4)  # @append
    numbers[0] = -1  # @item
    table["new"] = 1  # @key
    table.clear()  # @clear
    seen.add("b")  # @add
    seen.discard("a")  # @discard
    data[0] = 255  # @byte
    box.put("thing")
    box.extra = 1  # @extra
    numbers = []
    return numbers


numbers, table, seen, data, box = [1, 2, 3], {"old": 0}, {"a"}, bytearray(b"xyz"), Box()
name = "text"
change(numbers, table, seen, data, box)  # @start
numbers = []  # @rebound
print("end")
