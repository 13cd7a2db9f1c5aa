"""A tracer that is there before the program starts, as coverage's may be."""

import sys

seen = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "work":
        seen.append(event)
    return tracer


sys.settrace(tracer)
