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
print(number == first, code(status), flush=True)
second = child(2)
found = os.waitid(os.P_ALL, 0, os.WEXITED)
print(found.si_pid == second, found.si_status, flush=True)
third = child(3)
handle = os.pidfd_open(third)
found = os.waitid(os.P_PIDFD, handle, os.WEXITED)
print(found.si_pid == third, found.si_status, flush=True)
os.close(handle)
fourth = child(4)
number, status, usage = os.wait3(0)
print(number == fourth, code(status), flush=True)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("no child is left", flush=True)
