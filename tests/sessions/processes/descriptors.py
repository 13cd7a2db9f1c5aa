"""Starts programs in each way that lets them inherit descriptors, and prints those of pausa that they have."""

import os
import subprocess
import sys

SHELL = 'exec >links; for number in /proc/$$/fd/*; do readlink "$number"; done; true'
PYTHON = """
import os
with open("links", "w") as links:
    for number in os.listdir("/proc/self/fd"):
        try:
            print(os.readlink("/proc/self/fd/" + number), file=links)
        except OSError:
            pass
"""


def links_of(process):
    links = set()
    for number in os.listdir(f"/proc/{process}/fd"):
        try:
            links.add(os.readlink(f"/proc/{process}/fd/{number}"))
        except FileNotFoundError:
            pass
    return links


def is_foreign(link):
    # Pipes and files may come from whoever has started pausa, and are the program's as well as its children's.
    if link.startswith(("pipe:", "/")):
        return link not in expected and not link.startswith("/proc/")
    return True


def report(how):
    with open("links") as file:
        links = file.read().splitlines()
    print(how, len(links) > 2, sorted(filter(is_foreign, links)), flush=True)


def fork_and_exec():
    child = os.fork()  # @fork
    if child == 0:
        os.execv("/bin/sh", shell)
    os.waitpid(child, 0)


def main():
    subprocess.run(shell, close_fds=False, check=True)
    report("subprocess")
    os.waitpid(os.posix_spawn("/bin/sh", shell, os.environ), 0)
    report("posix_spawn")
    os.system(SHELL)
    report("system")
    fork_and_exec()
    report("fork and exec")
    subprocess.run([sys.executable, "-S", "-c", PYTHON], close_fds=False, check=True)
    report("python -S")
    if "python" in sys.argv:
        subprocess.run([sys.executable, "-c", PYTHON], close_fds=False, check=True)
        report("python")


shell = ["sh", "-c", SHELL]
expected = links_of(os.getppid()) | {os.readlink(f"/proc/self/fd/{number}") for number in (0, 1, 2)}
expected.add(os.path.abspath("links"))
main()
