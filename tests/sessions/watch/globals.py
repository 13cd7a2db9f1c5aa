import sys  # @first

count = 0
limit = 10


def work(n):
    global count
    for index in range(n):
        if index % 2:
            count = count + 1  # @store
            limit_of = limit
    return limit_of


def other():
    setattr(sys.modules[__name__], "count", "by hand")  # @setattr


work(4)  # @start
other()
count = "by hand"  # @same
del count  # @delete
count = 1.5  # @again
print("end")
