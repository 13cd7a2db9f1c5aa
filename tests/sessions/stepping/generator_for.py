class Countdown:  # @class
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


def letters():
    yield "a"
    yield "b"


def run():
    for n in Countdown(2):  # @count
        print(n)  # @n
    for x in letters():  # @letters
        print(x)  # @x
    print("end")  # @end


run()
