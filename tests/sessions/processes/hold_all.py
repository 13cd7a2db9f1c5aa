import os
import signal


def work(who):
    return who  # @work


def state(process):
    with open(f"/proc/{process}/stat") as file:
        return file.read().rpartition(")")[2].split()



def wait_until_it_holds():
    """Until the child, which computes all the time, sleeps."""
    while state(child)[0] != "S":
        os.sched_yield()
    return True


def wait_until_it_runs():
    while state(child)[0] != "R":
        os.sched_yield()
    return True


reader, writer = os.pipe()
child = os.fork()
if child == 0:
    work("child")
    os.write(writer, b"x")
    while True:
        sum(range(100))
os.read(reader, 1)
wait_until_it_runs()
work("parent")
wait_until_it_runs()
work("parent again")
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
