import asyncio  # @first
import gc


async def fetch(name):
    size = len(name)
    raise ValueError(name)  # @raise


async def awaited():
    raise KeyError("awaited")


async def main():
    task = asyncio.create_task(fetch("lost"))
    try:
        await asyncio.create_task(awaited())
    except KeyError:
        print("caught")
    await asyncio.sleep(0)
    del task
    gc.collect()
    print("end")


asyncio.run(main())
