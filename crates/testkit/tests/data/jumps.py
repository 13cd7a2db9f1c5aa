class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return True


def words(items):  # @words
    for item in items:
        try:
            yield str(item)
        finally:
            item = None
    yield "last"


def walk(items):  # @walk
    total = 0
    for item in items:
        total += item
        if total > 2:
            continue
    else:
        total += 1
    while total < 9:
        total += 3
    try:
        total = int("x")
    except (ValueError, TypeError) as error:
        total = len(str(error))
    finally:
        total += 1
    with Quiet() as quiet:
        total += 1
        with quiet:
            raise ValueError
    squares = [n * n for n in items] + [
        m
        for m in items
    ]
    pairs = {a: b for a in items for b in squares}
    for word in words(pairs):
        total += len(word)
    class Local(Quiet):
        total = 1
    def inner(): return total + Local.total
    assert inner(), "no"
    return inner()  # @return


done = []
while not done:
    try:
        walk([1, 2])
    except Exception:
        pass
print("survived")
