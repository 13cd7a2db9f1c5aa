import asyncio


def fails(n):
    raise ValueError(n)


def log(function):
    return function


def walk(items):
    count = 0  # @count
    while len(items) > count:  # @while
        count += sum(items) or 2  # @sum
    try:
        fails(count)  # @fails
    except ValueError as error:  # @except
        count = int(str(error)) - 1  # @caught

    @log
    def inner(x, y=0):  # @inner
        return x + y

    class Local(list):  # @class
        pass

    match inner(1, y=2):  # @match
        case 1:
            pass
        case n:
            count = inner(*[n, 1], **{}) if (m := n + 1) else m  # @case
    squares = items
    return [*squares, count, not items, -count, squares[0:1], Local()]  # @return


def numbers():
    got = yield len("ab")  # @yield
    print("got", got)


async def later(n):
    await asyncio.sleep(0)
    return n * 2


async def main():
    first = await later(2) + 1  # @await
    print(first)


print(walk([1, 2, 3]))
source = numbers()
next(source)
try:
    source.send("sent")
except StopIteration:
    asyncio.run(main())
