"""The debugger, from inside a program.

    breakpoint()            stops here (with PYTHONBREAKPOINT=pausa.breakpoint it is Python's own breakpoint())
    dbg()                   stops here only if a breakpoint is set on this line
    listen(address)         lets editors attach to this program
    connect(address)        attaches this program to an editor that waits for it
    wait_for_client()       waits until an editor has attached
    is_client_connected()   whether one has

Under `pausa FILE` and in an editor, breakpoint() and dbg() speak to the debugger that is there. In a program started by
plain `python`, breakpoint() starts one in its terminal.
"""

__all__ = [
    "__version__",
    "breakpoint",
    "connect",
    "dbg",
    "is_client_connected",
    "listen",
    "set_trace",
    "wait_for_client",
]

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
    # Where only editors can stop the program, there may be none at the moment.
    if _agent.is_client_connected():
        _agent.breakpoint()


set_trace = breakpoint


def dbg():
    """Stops at the line that calls it if a breakpoint is set there; does nothing in a program that is not debugged."""
    if _agent is not None:
        _agent.dbg()


def listen(address):
    """Lets editors attach, one after another, at a port of this machine, (host, port) or "unix:PATH"; port 0 is any.

    Returns (host, port), or the text for a Unix socket. The program goes on at full speed with or without an editor. A
    host beyond this machine needs a secret in the environment variable PAUSA_TOKEN, which editors send as "token".
    RuntimeError if it cannot be done.
    """
    from pausa import _listen

    return _listen.endpoint(_listen.start("listen", _listen.text(address)))


def connect(address):
    """Attaches this program to an editor that waits for it at a port of this machine, (host, port) or "unix:PATH".

    RuntimeError if none does.
    """
    from pausa import _listen

    _listen.start("connect", _listen.text(address))


def wait_for_client():
    """Waits until an editor has attached and set its breakpoints. RuntimeError if none can."""
    if _agent is None or not _agent.is_active():
        raise RuntimeError("nobody can attach to this program: call pausa.listen() first")
    _agent.wait_for_client()


def is_client_connected():
    """True while an editor, or pausa's prompt, debugs this program."""
    return _agent is not None and _agent.is_client_connected()
