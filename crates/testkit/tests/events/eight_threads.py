"""Eight threads that meet one breakpoint a thousand times each."""

import threading

THREADS, TIMES = 8, 1000
together = threading.Barrier(THREADS)


def work():
    together.wait()
    for n in range(TIMES):
        n += 1  # @hit
    together.wait()


threads = [threading.Thread(target=work) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
done = True  # @done
