import asyncio  # @first
import weakref


class Shy:
    @property
    def hidden(self):
        raise AttributeError("hidden")

    def __getitem__(self, at):
        if at > 2:
            raise IndexError(at)
        return at

    def __len__(self):
        raise TypeError("no length")


class Swallows:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        return kind is ValueError


class Thing:
    pass


def gone(reference):
    raise KeyError("gone")


async def fails():
    raise ValueError("eager")


async def main():
    loop = asyncio.get_running_loop()
    factory = getattr(asyncio, "eager_task_factory", None)
    if factory:
        loop.set_task_factory(factory)
    task = asyncio.create_task(fails())
    try:
        await task
    except ValueError:
        print("awaited")


shy = Shy()
print(hasattr(shy, "hidden"), getattr(shy, "hidden", "default"), [item for item in shy], 1 in shy)
print(list(shy))
with Swallows():
    raise ValueError("swallowed")
thing = Thing()
reference = weakref.ref(thing, gone)
things = [thing]
del thing
print(len([things.clear()]))
asyncio.run(main())
print("end")
