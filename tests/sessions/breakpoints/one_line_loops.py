total = 0  # @first
for i in range(3): total += i  # @for
n = 2
while n: n -= 1  # @while
print(total, n)
