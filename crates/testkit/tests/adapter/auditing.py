"""Forks with a lock that an audit hook waits for: what pausa compiles meanwhile cannot go on before the fork is over."""

import os
import sys
import threading

LOCK = threading.Lock()
ASKED = threading.Event()


def hook(event, arguments):
    if event == "compile" and str(arguments[1]).endswith("compiled.py"):
        ASKED.set()
        with LOCK:
            pass


def main():
    sys.addaudithook(hook)
    with LOCK:
        print("ready", end="", flush=True)
        ASKED.wait()
        child = os.fork()
        if child == 0:
            os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
