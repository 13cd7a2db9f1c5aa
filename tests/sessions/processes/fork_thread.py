import os
import threading
import warnings

# From 3.12 on the interpreter warns of a fork among threads.
warnings.simplefilter("ignore", DeprecationWarning)


def work(who):
    return who  # @work


def fork():
    child = os.fork()
    if child == 0:
        work("child")
        os._exit(0)
    os.waitpid(child, 0)
    over.set()


def spin():
    while not over.is_set():
        sum(range(100))


over = threading.Event()
threads = [threading.Thread(target=spin) for _ in range(3)] + [threading.Thread(target=fork)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
work("parent")
