def twice(n):
    return n * 2


total = 0
for i in range(4):
    total += twice(i) + twice(10)  # @sum
name = "ä" + str(twice(1)); key = lambda n: twice(n)  # @lambda
print(total, name, key(3))  # @end
