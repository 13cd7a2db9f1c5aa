import asyncio


async def double(number):
    await asyncio.sleep(0)
    return number * 2


class Door:
    closed = False

    async def __aenter__(self):
        return 5

    async def __aexit__(self, *_):
        Door.closed = True


async def other(log):
    log.append("others ran")


async def main():
    log = []
    pending = asyncio.get_running_loop().create_future()
    done = asyncio.get_running_loop().create_future()
    done.set_result("result")
    task = asyncio.ensure_future(other(log))
    local = 5
    waiting = len(log)  # @stop
    assert waiting == 0 and not pending.done() and not task.done()
    await task
    asyncio.get_running_loop().call_soon(pending.set_result, "set later")
    return local, log[0], await pending


def plain():
    return 1  # @plain


outcome = asyncio.run(main())
plain()
print(outcome)  # @end
