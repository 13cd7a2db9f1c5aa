import asyncio


async def work(rounds):
    total = 0
    for number in range(rounds):
        await asyncio.sleep(0)
        total += number  # @add
    return total


def helper(task):
    return task  # @helper


async def main():
    tasks = [asyncio.create_task(work(4), name=name) for name in ("worker-1", "worker-2", "last one")]
    print(await asyncio.gather(*tasks))
    asyncio.get_running_loop().call_soon(helper, None)
    await asyncio.sleep(0)
    print(helper(None))


asyncio.run(main())
