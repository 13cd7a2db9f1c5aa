text = "x" * 50_000_000  # @first
numbers = list(range(5_000_000))
table = {n: "v" * n for n in range(3000)}
nested = []
for _ in range(5000):
    nested = [nested]
cyclic = [1]
cyclic.append(cyclic)
wide = {"a": [list(range(1000))] * 1000}
number = 10**5000
done = True  # @hit
