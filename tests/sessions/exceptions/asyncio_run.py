import asyncio  # @first


async def fetch(name):
    try:
        await asyncio.sleep(0)
        raise ValueError(name)  # @raise
    finally:
        print("finally")


async def caught():
    raise KeyError("caught")


async def main():
    try:
        await caught()
    except KeyError:
        print("caught")
    try:
        await fetch("page")  # @await
    except LookupError:
        print("not reached")


try:
    asyncio.run(caught())
except KeyError:
    print("caught outside")
asyncio.run(main())  # @run
