def work(n):  # @first
    return n * n  # @work


for n in range(10):
    work(n)
print("end")
