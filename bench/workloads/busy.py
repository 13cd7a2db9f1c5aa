"""Eight threads that never rest and count in a file, so that the driver sees when all of them hold still."""

import mmap
import os
import sys
import threading

THREADS = 8


def count(counts, number):
    while True:
        total = 0
        for i in range(200):
            total += i
        counts[number] += 1


with open(os.path.join(sys.argv[1], "counts"), "r+b") as file:
    counts = memoryview(mmap.mmap(file.fileno(), 8 * THREADS)).cast("Q")
for number in range(THREADS):
    threading.Thread(target=count, args=(counts, number), daemon=True).start()
took = os.open(os.path.join(sys.argv[1], "took"), os.O_WRONLY)
os.write(took, b"ready %d\n" % os.getpid())
os.read(os.open(os.path.join(sys.argv[1], "go"), os.O_RDONLY), 1)
