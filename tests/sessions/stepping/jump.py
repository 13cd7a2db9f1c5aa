def run():  # @def
    steps = []  # @steps
    steps.append("a")  # @a
    steps.append("b")  # @b
    for n in range(2):  # @for
        steps.append(n)  # @n
    return steps  # @return


print(run())
