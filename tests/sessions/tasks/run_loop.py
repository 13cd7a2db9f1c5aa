import asyncio


async def count(log, rounds):
    for number in range(rounds):
        log.append(number)
        await asyncio.sleep(0)
    return rounds


async def fail():
    await asyncio.sleep(0)
    raise ValueError("bad")


async def forever():
    print("waiting", flush=True)
    await asyncio.Event().wait()


async def main():
    log = []
    task = asyncio.create_task(count(log, 3))
    for _ in range(5):
        asyncio.get_running_loop().call_soon(log.append, "called")
    await asyncio.sleep(0)
    others = [asyncio.create_task(count(log, 1)) for _ in range(5)]
    before = len(log)  # @stop
    await task
    return before, log, [await other for other in others]


def helper():
    return 1  # @helper


async def late():
    return helper()


print(asyncio.run(main()))
print(asyncio.run(late()))
