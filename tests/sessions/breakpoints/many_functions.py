SOURCE = "def made(n):\n    return n + 1\n"  # @first


def make(number):
    names = {}
    exec(compile(SOURCE, "made.py", "exec"), names)
    return names["made"](number)


total = 0
for number in range(3000):
    total += make(number)
print(total)
