import asyncio
import sys


async def fetch(name):
    try:
        await asyncio.sleep(0)
        raise ValueError(name)  # @raise
    finally:
        print("finally", name)


WAYS = {
    "gather": lambda name: asyncio.gather(asyncio.sleep(0), fetch(name)),
    "wait_for": lambda name: asyncio.wait_for(fetch(name), 60),
    "shield": lambda name: asyncio.shield(fetch(name)),
    "all": lambda name: asyncio.wait_for(asyncio.shield(asyncio.gather(fetch(name))), 60),
}


async def main(way):
    print(await asyncio.gather(fetch("kept"), return_exceptions=True))
    try:
        await WAYS[way]("caught")
    except ValueError:
        print("caught")
    # The first of those that fail is what the others are forgotten for.
    try:
        await asyncio.gather(fetch("first"), fetch("second"))
    except ValueError as error:
        print("caught", error)
    await WAYS[way]("lost")


asyncio.run(main(sys.argv[1]))
