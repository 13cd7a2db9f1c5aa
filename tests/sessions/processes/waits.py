import os


def work():
    return os.getpid()  # @work


def child(code):
    number = os.fork()
    if number == 0:
        work()
        os._exit(code)
    return number


def code(status):
    return os.waitstatus_to_exitcode(status)


first = child(1)
number, status = os.waitpid(-1, 0)
waited = [(number == first, code(status))]
second = child(2)
found = os.waitid(os.P_ALL, 0, os.WEXITED)
waited.append((found.si_pid == second, found.si_status))
third = child(3)
handle = os.pidfd_open(third)
found = os.waitid(os.P_PIDFD, handle, os.WEXITED)
waited.append((found.si_pid == third, found.si_status))
os.close(handle)
fourth = child(4)
number, status, usage = os.wait3(0)
waited.append((number == fourth, code(status)))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("waited", waited, "no child is left", flush=True)
