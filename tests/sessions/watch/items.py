def fill(numbers, table):
    numbers[1] = 20  # @list
    numbers.append(4)
    table["a"] = 10  # @dict
    table["b"] = 2  # @other
    table.update(a=11)  # @update
    del numbers[0]  # @shift
    table.pop("a")  # @pop


numbers, table, fixed = [1, 2, 3], {"a": 1, (1, 2): "pair"}, (1, [2])
fill(numbers, table)  # @start
print("end")
