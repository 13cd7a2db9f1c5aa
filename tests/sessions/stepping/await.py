import asyncio  # @first


async def fetch(name):
    await asyncio.sleep(0)  # @sleep
    return name  # @fetched


async def work(name):
    one = await fetch(name + "1")  # @one
    two = await fetch(name + "2")  # @two
    return one, two  # @return


async def main():
    print(await asyncio.gather(work("a"), work("b")))


asyncio.run(main())
