import asyncio


async def work(name):
    kept = name  # @first
    await asyncio.sleep(0)  # @sleep
    return kept  # @return


async def quick():
    return 1  # @quick


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    task = asyncio.create_task(work("a"))  # @create
    other = asyncio.create_task(quick())  # @other
    print(await task)  # @await
    return await other  # @end


asyncio.run(main())
