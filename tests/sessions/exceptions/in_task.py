import asyncio  # @first


async def fetch(name):
    try:
        await asyncio.sleep(0)
        raise ValueError(name)  # @raise
    finally:
        print("finally", name)


async def careful():
    try:
        await asyncio.create_task(fetch("caught"))
    except ValueError:
        print("caught")


async def main():
    await asyncio.create_task(careful())
    task = asyncio.create_task(fetch("kept"))
    await asyncio.wait([task])
    print(repr(task.exception()))
    await asyncio.create_task(fetch("lost"))  # @await


asyncio.run(main())
