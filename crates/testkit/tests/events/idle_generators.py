"""Generators and coroutines that run while breakpoints stand elsewhere."""

import asyncio


def numbers(n):
    for i in range(n):
        yield i


async def tick(n):
    for _ in range(n):
        await asyncio.sleep(0)


def other():
    return 0  # @other


begin = True  # @begin
total = sum(numbers(5000))
asyncio.run(tick(500))
done = True  # @done
