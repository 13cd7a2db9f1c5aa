import asyncio


async def inner(number):
    local = number * 2
    return local  # @stop


async def work(number):
    await asyncio.sleep(0)
    return await inner(number)  # @inner


async def main():
    await asyncio.gather(work(1), work(2))  # @gather


asyncio.run(main(), debug=True)
