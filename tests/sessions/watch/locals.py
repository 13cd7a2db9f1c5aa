def work(limit):  # @work
    total = 0  # @first
    for index in range(limit):
        if index == 2:
            total += index  # @store
        inner(total)  # @call
    total = total + 0.5; rest = 1  # @same_line
    return total  # @return


def inner(total):
    total = "another variable"
    return total


def recurse(depth):
    value = depth  # @value
    if depth:
        recurse(depth - 1)  # @deeper
    value = -depth  # @after
    return value


work(4)
recurse(1)
print("end")
