import sys
import threading


def work(name):
    return name.upper()  # @work


def at_the_bottom():
    made = {}
    exec("def fresh():\n    return 'made down here'\n", made)
    thread = threading.Thread(target=work, args=("in a thread",))
    thread.start()
    thread.join()
    return made["fresh"]()  # @made


def down(n):
    if n == 0:
        return at_the_bottom()  # @bottom
    return down(n - 1)  # @down


sys.setrecursionlimit(10**6)
print(down(60_000))
print(work("above again"))
