import asyncio  # @first


async def fetch():
    return 1  # @fetch


def outer():
    def nested():
        return 2  # @nested

    return nested()


class Tool:
    class Part:
        async def run(self):
            return 3  # @run


def generate():
    yield 4  # @generate


async def main():
    print(await fetch(), outer(), await Tool.Part().run(), list(generate()))


asyncio.run(main())
