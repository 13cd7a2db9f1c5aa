import asyncio


async def numbers():
    for number in range(3):
        await asyncio.sleep(0)  # @sleep
        yield number  # @yield
    print("never")


async def other():
    async for number in numbers():
        await asyncio.sleep(0)


async def consume():
    source = numbers()
    async for number in source:  # @for
        if number == 1:  # @if
            break  # @break
    await source.aclose()  # @close
    return number  # @return


async def main():
    background = asyncio.create_task(other())
    print(await consume())  # @main
    await background


asyncio.run(main())
