import asyncio


async def tick(count):
    for _ in range(count):
        await asyncio.sleep(0)  # @tick


async def fetch(name):
    await asyncio.sleep(0)  # @sleep
    return name  # @fetched


async def work(name):
    result = await fetch(name)  # @work
    return result  # @worked


async def first(one, other):
    done, _ = await asyncio.wait([one, other], return_when=asyncio.FIRST_COMPLETED)
    return len(done)  # @first


async def main():
    background = asyncio.create_task(tick(50))
    results = await asyncio.gather(work("a"), work("b"))  # @gather
    print(results)  # @gathered
    task = asyncio.create_task(work("c"))  # @create
    print(await task)  # @task
    waiting = asyncio.create_task(first(asyncio.create_task(work("d")), asyncio.create_task(tick(1))))
    print(await waiting)  # @waiting
    background.cancel()
    return "end"  # @end


print(asyncio.run(main()))
print("after")  # @after
