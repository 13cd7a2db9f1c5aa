import asyncio  # @first
import contextlib


def fail():
    raise ValueError("handled")


def in_caller():
    try:
        fail()
    except (KeyError, ValueError) as error:
        return str(error)


def by_library():
    with contextlib.suppress(ValueError):
        fail()
    return hasattr(object(), "missing"), getattr(object(), "missing", 1), next(iter(()), 2)


async def by_asyncio():
    results = await asyncio.gather(asyncio.to_thread(fail), return_exceptions=True)
    return [str(error) for error in results]


print(in_caller(), by_library(), list(n for n in iter([1])), asyncio.run(by_asyncio()))
