def numbers(limit):  # @first
    for n in range(limit):
        try:
            got = yield n  # @yield
        except KeyError:
            got = "thrown"  # @handler
        print("got", got)  # @resumed


source = numbers(3)
print(next(source))
print(source.send("a"))
print(source.throw(KeyError()))
source.close()
