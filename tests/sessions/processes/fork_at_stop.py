import os


def work(who):
    return who  # @work


child = None
said = "nothing is forked yet"  # @stop
if child == 0:
    work("child: " + said)
    os._exit(0)
os.waitpid(child, 0)
work("parent: " + said)
