"""Finds the `pausa` command that was installed with this package."""

import os
import shutil
import sys
import sysconfig


def find():
    """Its path. RuntimeError if it is nowhere."""
    named = os.environ.get("PAUSA_BINARY")
    if named:
        return named
    for folder in _folders():
        command = os.path.join(folder, "pausa")
        if os.access(command, os.X_OK):
            return command
    command = shutil.which("pausa")
    if command is None:
        raise RuntimeError(
            "the pausa command was not found beside its package nor on PATH; reinstall pausa, "
            "or name the command in the environment variable PAUSA_BINARY"
        )
    return command


def _folders():
    # PREFIX/lib/python3.X/site-packages/pausa: of another environment if that one's pausa launched this program.
    prefix = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 4))
    yield os.path.join(prefix, "bin")
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    if sys.executable:
        yield os.path.dirname(sys.executable)
