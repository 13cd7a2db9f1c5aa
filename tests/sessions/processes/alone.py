import logging
import os
import warnings

# The interpreter warns of a fork in a process with threads (3.12): this program has none.
warnings.simplefilter("error")


def work(name):
    return name  # @work


pid = os.fork()
if pid == 0:
    work("child")
    os._exit(0)
print("status", os.waitpid(pid, 0)[1], flush=True)
work("parent")
logging.shutdown()
