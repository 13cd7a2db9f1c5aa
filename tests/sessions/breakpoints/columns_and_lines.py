def f(n):  # @first
    return n


total = 0
for i in range(4):
    a = f(i); total += a  # @body
print(total, f(9))  # @end
