def work(n):  # @first
    return n  # @work


work(1)
work(2)
print("end")  # @end
