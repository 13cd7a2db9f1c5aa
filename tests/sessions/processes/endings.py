import os
import signal


def child(end):
    number = os.fork()
    if number == 0:
        end()
    # It has ended and its parent has not waited for it: what it ended with can be read.
    os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
    input()
    os.waitpid(number, 0)


child(lambda: os._exit(0))
child(lambda: os._exit(3))
child(lambda: os.kill(os.getpid(), signal.SIGTERM))
child(lambda: os.kill(os.getpid(), signal.SIGKILL))
child(os.abort)
child(lambda: os.execv("/bin/sh", ["sh", "-c", "exit 4"]))
