import os
import sys


def work(way):
    return way  # @work


WAYS = ["execv", "execve", "execvp", "execl", "last"]
way = sys.argv[1] if len(sys.argv) > 1 else "first"
work(way)
words = [sys.executable, __file__]
if way == "first":
    os.execv(sys.executable, words + ["execv"])
elif way == "execv":
    os.execve(sys.executable, words + ["execve"], os.environ)
elif way == "execve":
    os.execvp(sys.executable, words + ["execvp"])
elif way == "execvp":
    os.execl(sys.executable, *words, "execl")
elif way == "execl":
    os.execl("/bin/sh", "sh", "-c", f"exec '{sys.executable}' '{__file__}' last")
print([name for name in os.environ if name.startswith("PAUSA")], sys.flags.ignore_environment)
