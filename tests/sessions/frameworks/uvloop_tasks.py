import asyncio

import uvloop as loops


async def fetch(name):
    await asyncio.sleep(0)  # @sleep
    return name  # @fetched


async def work(name):
    result = await fetch(name)  # @work
    return result


async def main():
    print(await asyncio.gather(work("a"), work("b")))  # @gather
    return "end"  # @end


print(loops.run(main()))
