def helper():  # @def
    return 1  # @hit


def run():
    value = helper()  # @call
    value += helper()  # @second
    return value  # @return


print(run())  # @print
print("end")  # @end
