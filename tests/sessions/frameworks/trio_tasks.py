import trio as framework


async def fetch(name):
    await framework.sleep(0)  # @sleep
    return name  # @fetched


async def work(name):
    result = await fetch(name)  # @work
    return result


async def main():
    async with framework.open_nursery() as nursery:
        nursery.start_soon(work, "a")
        nursery.start_soon(work, "b")
    return "end"  # @end


print(framework.run(main))
