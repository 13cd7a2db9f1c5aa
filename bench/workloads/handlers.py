"""Handlers that do nothing: installs the one named first, then runs a program with its arguments.

`settrace` traces calls and lines, `start` is PY_START, `line` is PY_START and LINE: the talk's. `raise` is RAISE with a
native handler, the least that any debugger pays which is told of exceptions.
"""

import os
import runpy
import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec


def trace(_frame, _event, _argument):
    return trace_inner


def trace_inner(_frame, _event, _argument):
    return trace_inner


def on_start(_code, _offset):
    pass


def on_line(_code, _line):
    pass


def install_raise():
    agent = ExtensionFileLoader("_agent", os.environ.pop("AGENT"))
    module = agent.create_module(ModuleSpec("_agent", agent, origin=agent.path))
    agent.exec_module(module)
    monitoring = sys.monitoring
    monitoring.use_tool_id(monitoring.DEBUGGER_ID, "nothing")
    monitoring.register_callback(monitoring.DEBUGGER_ID, monitoring.events.RAISE, module.empty_callback())
    monitoring.set_events(monitoring.DEBUGGER_ID, monitoring.events.RAISE)


def install(mode):
    if mode == "settrace":
        sys.settrace(trace)
        return
    if mode == "raise":
        install_raise()
        return
    monitoring = sys.monitoring
    monitoring.use_tool_id(monitoring.DEBUGGER_ID, "nothing")
    monitoring.register_callback(monitoring.DEBUGGER_ID, monitoring.events.PY_START, on_start)
    monitoring.register_callback(monitoring.DEBUGGER_ID, monitoring.events.LINE, on_line)
    lines = monitoring.events.LINE if mode == "line" else 0
    monitoring.set_events(monitoring.DEBUGGER_ID, monitoring.events.PY_START | lines)


if __name__ == "__main__":
    mode, program = sys.argv[1:3]
    del sys.argv[:2]
    sys.path[0] = program.rpartition("/")[0]
    install(mode)
    runpy.run_path(program, run_name="__main__")
