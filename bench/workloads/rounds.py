"""What every workload shares: it waits for a number, works that often, and says how long that took.

The driver (bench/src/channel.rs) has made two pipes in the folder that is the program's first argument. Only the work
is timed: processor time of the whole process, a debugger's own threads included, and the clock on the wall.
"""

import os
import sys
from time import perf_counter, process_time


def numbers():
    """What the driver asks for, until it sends 0 or is gone. Who times itself sends both times back."""
    go = os.open(os.path.join(sys.argv[1], "go"), os.O_RDONLY)
    took = os.open(os.path.join(sys.argv[1], "took"), os.O_WRONLY)
    os.write(took, b"ready %d\n" % os.getpid())
    while number := int(os.read(go, 64) or 0):
        processor, wall = process_time(), perf_counter()
        times = (yield number) or (process_time() - processor, perf_counter() - wall)
        os.write(took, b"%.9f %.9f\n" % times)


def serve(work):
    """Works as often as the driver asks for. A workload that times itself returns both times."""
    asked = numbers()
    number = next(asked, None)
    while number is not None:
        times = work(number)
        try:
            number = asked.send(times)
        except StopIteration:
            number = None
