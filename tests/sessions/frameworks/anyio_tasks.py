import anyio as frameworks


async def fetch(name):
    await frameworks.sleep(0)  # @sleep
    return name  # @fetched


async def work(name):
    result = await fetch(name)  # @work
    return result


async def main():
    async with frameworks.create_task_group() as group:
        group.start_soon(work, "a")
        group.start_soon(work, "b")
    return "end"  # @end


print(frameworks.run(main))
