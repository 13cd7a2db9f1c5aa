import asyncio
from asyncio.tasks import _PyTask


class Task(_PyTask):
    @property
    def name(self):
        raise SystemExit("nobody asks the program")

    def __repr__(self):
        raise SystemExit("nobody asks the program")

    __str__ = get_name = get_coro = __repr__
    __eq__ = __hash__ = None
    __hash__ = _PyTask.__hash__


async def work(name):
    await asyncio.sleep(0)
    return name  # @work


async def main():
    asyncio.get_running_loop().set_task_factory(lambda loop, coro, **options: Task(coro, loop=loop, **options))
    tasks = [asyncio.create_task(work(name), name=name) for name in ("one", "two")]
    print(await asyncio.gather(*tasks))  # @gather


asyncio.run(main())
