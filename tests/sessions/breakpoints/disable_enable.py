def work(n):  # @first
    return n * n  # @work


for n in range(6):
    work(n)
print("end")  # @end
