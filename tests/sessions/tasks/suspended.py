import asyncio


async def work(name, rounds):
    for number in range(rounds):
        await asyncio.sleep(0)  # @sleep
        print(name, number)  # @print


async def main():
    tasks = [asyncio.create_task(work(name, 3), name=name) for name in ("a", "b")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # @main
    await asyncio.gather(*tasks)


asyncio.run(main())
