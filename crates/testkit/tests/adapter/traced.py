"""Has a tracer of its own, and writes down what became of it when the debugger had left."""

import sys
import threading

seen = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "work":
        seen.append(event)
    return tracer


def work():
    value = 1  # @value
    return value


sys.settrace(tracer)
work()
before = len(seen)
work()
kept = sys.gettrace() is tracer
sys.settrace(None)
thread = threading.Thread(target=work)
thread.start()
thread.join()
with open(sys.argv[1], "w") as file:
    print(kept, before, len(seen), sys.gettrace(), file=file)
