import os


def work(who):
    name = who.title()
    return name  # @work


child = os.fork()
if child == 0:
    work("child")
    os._exit(0)
os.waitpid(child, 0)
work("parent")
