import asyncio


async def double(number):
    await asyncio.sleep(0)
    return number * 2


async def other(log):
    log.append("other task")


async def main():
    log = []
    task = asyncio.create_task(other(log))
    number = 4
    print(number, log)  # @stop
    await task
    return log


print(asyncio.run(main()))
