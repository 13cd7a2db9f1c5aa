import asyncio
import contextlib
import sys


class Quiet:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, traceback):
        return kind is KeyError


@contextlib.contextmanager
def tidy():
    try:
        yield
    except KeyError:
        print("tidied")


@contextlib.asynccontextmanager
async def tidy_later():
    try:
        yield
    except KeyError:
        print("tidied later")


def lose(error):
    try:
        raise error  # @raise
    finally:
        print("finally", error)


def stack(error):
    with contextlib.ExitStack() as stack:
        stack.enter_context(open(__file__))
        stack.enter_context(tidy())
        stack.callback(print, "called back")
        stack.push(lambda kind, error, traceback: None)
        lose(error)


async def manager(error):
    async with tidy_later():
        lose(error)


async def later_stack(error):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(tidy_later())
        stack.enter_context(contextlib.suppress(OSError))
        lose(error)


async def unknown(error):
    async with Quiet():
        lose(error)


def run(way, error):
    result = globals()[way](error)
    if result is not None:
        asyncio.run(result)


run(sys.argv[1], KeyError("kept"))
if sys.argv[1] != "unknown":
    run(sys.argv[1], IndexError("lost"))
