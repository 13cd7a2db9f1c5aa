def outer():  # @first
    value = inner()
    value += 1  # @after
    return value  # @return


def inner():
    return 1  # @inner


print(outer())
print("end")  # @end
