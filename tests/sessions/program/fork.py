import os  # @first
import sys


def work(who):
    return who  # @work


child = os.fork()
if child == 0:
    work("child")
    print("child done", flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(work("parent"))
