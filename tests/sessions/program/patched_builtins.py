import builtins  # @first
import sys
import threading


def broken(*args, **kwargs):
    raise RuntimeError("broken")


def work(n):
    return n  # @work


saved = builtins.print
for name in ("repr", "eval", "exec", "compile", "len", "str", "isinstance", "open", "__import__"):
    setattr(builtins, name, broken)
sys.stdout = None
threading.current_thread = broken
work(1)
saved("end", file=sys.__stdout__)
