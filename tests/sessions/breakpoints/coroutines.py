import asyncio  # @first


class Lock:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return "locked"  # @enter

    async def __aexit__(self, *error):
        return False


async def ticks(count):
    for n in range(count):
        await asyncio.sleep(0)
        yield n  # @tick


async def work(name):
    async with Lock() as state:
        async for n in ticks(2):
            print(name, state, n)  # @body


async def main():
    await asyncio.gather(work("a"), work("b"))


asyncio.run(main())
