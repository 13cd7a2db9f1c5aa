import asyncio


def elsewhere():
    return 1  # @elsewhere


def checkpoint(tasks):
    return len(tasks)  # @checkpoint


async def wait(event, number):
    await event.wait()
    for _ in range(3):
        await asyncio.sleep(0)
    return number


async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(wait(event, number)) for number in range(10_000)]
    await asyncio.sleep(0)
    checkpoint(tasks)
    event.set()
    await asyncio.gather(*tasks)
    checkpoint(tasks)


asyncio.run(main())
