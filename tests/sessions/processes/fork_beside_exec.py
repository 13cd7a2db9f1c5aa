import os
import subprocess
import threading
import warnings

warnings.simplefilter("ignore", DeprecationWarning)


def work(who):
    return who  # @work


class Word:
    """A word of a command line that takes its time to become text: meanwhile another thread forks."""

    def __fspath__(self):
        begun.set()
        forked.wait()
        return "word"


def fork():
    begun.wait()
    child = os.fork()
    if child == 0:
        work("forked beside an exec")
        os._exit(0)
    forked.set()
    os.waitpid(child, 0)


begun, forked = threading.Event(), threading.Event()
thread = threading.Thread(target=fork)
thread.start()
subprocess.run(["/bin/true", Word()], check=True)
thread.join()
work("parent")
