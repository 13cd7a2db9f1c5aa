import asyncio  # @first


def generate():
    yield 1
    yield 2  # @generate


async def serve(queue):
    while True:
        item = await queue.get()
        if item is None:
            return "served"  # @served
        print("item", item)  # @item


async def stream():
    yield "a"
    yield "b"  # @stream


async def main():
    queue = asyncio.Queue()
    task = asyncio.create_task(serve(queue))
    letters = stream()
    await anext(letters)
    await asyncio.sleep(0)
    pause()
    print(await anext(letters))
    await queue.put(1)
    await queue.put(None)
    print(await task)


def pause():
    pass  # @pause


source = generate()
next(source)
asyncio.run(main())
print(next(source))
