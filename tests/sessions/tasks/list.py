import asyncio


async def fetch(name):
    if name == "b1":
        pause()
    await asyncio.sleep(0)
    return name


async def work(name):
    return await fetch(name + "1")  # @work


async def numbers():
    await asyncio.sleep(100)  # @numbers
    yield 1


async def consume():
    async for number in numbers():  # @consume
        print(number)


async def listen(queue):
    return await queue.get()  # @listen


async def fail():
    raise ValueError("bad")


async def follow(task):
    return await asyncio.wait_for(asyncio.shield(task), 50)  # @follow


def pause():
    pass  # @pause


async def main():
    queue = asyncio.Queue()
    kept = [asyncio.create_task(coroutine) for coroutine in (consume(), listen(queue), fail(), listen(queue), consume())]
    kept.append(asyncio.create_task(follow(kept[1])))
    kept[5].set_name("follower")
    await asyncio.sleep(0)
    kept[3].cancel()
    await asyncio.sleep(0)
    kept[4].cancel()
    await asyncio.gather(work("a"), work("b"))  # @gather
    for task in kept:
        task.cancel()
    await asyncio.gather(*kept, return_exceptions=True)


asyncio.run(main())
