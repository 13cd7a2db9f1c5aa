"""Two threads that wait for each other's lock."""

import threading

first, second = threading.Lock(), threading.Lock()
met = threading.Barrier(2)


def take(own, other):
    with own:
        met.wait()
        with other:
            pass


threads = [
    threading.Thread(target=take, args=(first, second), name="one"),
    threading.Thread(target=take, args=(second, first), name="two"),
]
for thread in threads:
    thread.start()
print("both started")  # @both
for thread in threads:
    thread.join()
