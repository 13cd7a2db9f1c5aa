import os


def work(who):
    return who  # @work


child = None
print("nothing is forked yet", flush=True)  # @stop
if child == 0:
    work("child")
    os._exit(0)
os.waitpid(child, 0)
work("parent")
