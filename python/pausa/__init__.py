"""The debugger, from inside a program.

    breakpoint()    stops here (with PYTHONBREAKPOINT=pausa.breakpoint it is Python's own breakpoint())
    dbg()           stops here only if a breakpoint is set on this line

Under `pausa FILE` both speak to the debugger that is there. In a program started by plain `python`, breakpoint()
starts one in its terminal.
"""

__all__ = ["__version__", "breakpoint", "dbg", "set_trace"]

__version__ = "0.1.0"

# The agent while it is loaded in this process, else None.
_agent = None


def breakpoint(*, header=None, commands=None):
    """Stops at the line that calls it. `header` is printed first; `commands` is there for pdb's sake."""
    if header is not None:
        print(header)
    if _agent is None or not _agent.is_active():
        from pausa import _front_end

        _front_end.start()
    _agent.breakpoint()


set_trace = breakpoint


def dbg():
    """Stops at the line that calls it if a breakpoint is set there; does nothing in a program that is not debugged."""
    if _agent is not None:
        _agent.dbg()
