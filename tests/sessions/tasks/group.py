import asyncio


async def work(name):
    try:
        await asyncio.sleep(0)
        return name  # @work
    finally:
        print(name)


async def main():
    asyncio.get_running_loop().slow_callback_duration = 1e9
    async with asyncio.TaskGroup() as group:
        for name in "abcde":
            group.create_task(work(name))  # @create


asyncio.run(main())
