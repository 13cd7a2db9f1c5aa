def leaf(n):
    m = n + 1
    return m  # @leaf


def run():
    values = []  # @values
    values.append(len("abc"))
    values.sort(key=lambda n: -n)  # @key
    total = leaf(values[0])
    return total  # @return


print(run())
print("end")  # @end
