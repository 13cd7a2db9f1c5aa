import os


def work(who):
    return who  # @work


def daemon():
    os.setsid()
    os.closerange(3, 256)
    input()
    work("nobody stops here")
    child = os.fork()
    if child == 0:
        work("child of the daemon")
        os._exit(0)
    os.waitpid(child, 0)
    os._exit(4)


child = os.fork()
if child == 0:
    daemon()
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
input()
os.waitpid(child, 0)
work("parent")
