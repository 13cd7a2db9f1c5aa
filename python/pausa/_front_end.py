"""Starts a debugger in the terminal of a program that was started without one and meets `pausa.breakpoint()`.

What it shares with `_listen`: loading the agent, and the private folder for the socket that the agent dials.
"""

import os
import shutil
import sys
import tempfile
import threading

from pausa import _command

# The longest folder name that leaves room for a socket in it.
_LONGEST_FOLDER = 80

# One thread at a time starts a debugger.
starting = threading.Lock()


def start():
    """Returns when a front end debugs this process. RuntimeError if none can."""
    agent = load_agent()
    with starting:
        # Another thread may have come first.
        if not agent.is_active():
            _start(agent)


def load_agent():
    """The agent, not started. RuntimeError if this Python cannot have it."""
    if sys.implementation.name != "cpython" or sys.version_info < (3, 10):
        version = ".".join(map(str, sys.version_info[:3]))
        raise RuntimeError(
            f"pausa debugs CPython 3.10 and later; this program runs on {sys.implementation.name} {version}"
        )
    if "t" in sys.abiflags:
        raise RuntimeError("this program runs on a free-threaded build of Python, which pausa cannot debug yet")
    try:
        import pausa._agent as agent
    except ImportError as error:
        raise RuntimeError(f"pausa's agent cannot be loaded into this Python ({error}); reinstall pausa") from None
    return agent


def _start(agent):
    command = _command.find()
    folder = private_folder()
    try:
        address = "unix:" + os.path.join(folder, "agent")
        _spawn(command, address)
        agent.start(address, os.environ.get("PAUSA_BACKEND") or None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spawn(command, address):
    """Returns when a front end listens at `address`. It is no child of this process, which may wait for all of its."""
    pid = os.posix_spawn(command, [command, "__spawn", address], os.environ, setsigmask=())
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        # The program ignores SIGCHLD, or waits for all its children in another thread. Dialling will tell.
        return
    if status != 0:
        raise RuntimeError(f"{command} could not start a debugger (exit code {os.waitstatus_to_exitcode(status)})")


def private_folder():
    """A new folder that only this user can enter, with a name short enough for a socket in it."""
    parent = None if len(tempfile.gettempdir()) <= _LONGEST_FOLDER else "/tmp"
    return tempfile.mkdtemp(prefix="pausa-", dir=parent)
