import os
import subprocess
import sys


def work():
    return sorted(os.listdir("/proc/self/fd"), key=int)  # @work


def is_socket(number):
    try:
        return os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
    except FileNotFoundError:
        return False


def report(who):
    threads = len(os.listdir("/proc/self/task"))
    ours = [name for name in os.environ if name.startswith("PAUSA")]
    loaded = [name for name in sys.modules if name.startswith("pausa")] if who == "started" else []
    print(who, [number for number in work() if is_socket(number)], threads, ours, loaded, flush=True)


if len(sys.argv) > 1:
    report(sys.argv[1])
else:
    child = os.fork()
    if child == 0:
        report("forked")
        os._exit(0)
    os.waitpid(child, 0)
    subprocess.run([sys.executable, __file__, "started"], check=True)
