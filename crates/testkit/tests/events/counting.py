"""A loop to count in."""

for i in range(1, 200):
    value = i  # @hit
done = True  # @done
