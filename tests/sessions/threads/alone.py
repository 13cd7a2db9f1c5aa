import threading
import time

turns = {"one": 0, "two": 0}
go_on = threading.Event()


def work(name):
    while not go_on.is_set():
        turns[name] += 1  # @turn


def measure():
    before = dict(turns)
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass
    moved = {name: turns[name] > before[name] for name in turns}
    return moved  # @measured


threads = [threading.Thread(target=work, args=[name]) for name in turns]
for thread in threads:
    thread.start()
while not all(turns.values()):
    pass
breakpoint()
measure()
measure()
go_on.set()
for thread in threads:
    thread.join()
print("done")
