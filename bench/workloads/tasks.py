"""Tasks of asyncio that give way to each other."""

import asyncio

from rounds import serve


async def weigh(number):
    total = 0
    for digit in range(20):
        total += number * digit
    await asyncio.sleep(0)
    if total < 0:
        total = 0  # @never
    return total


async def gather(n):
    for start in range(0, n, 100):
        await asyncio.gather(*(weigh(number) for number in range(start, min(start + 100, n))))


def work(n):
    asyncio.run(gather(n))


if __name__ == "__main__":
    serve(work)
