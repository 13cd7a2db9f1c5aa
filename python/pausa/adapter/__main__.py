"""The debug adapter for editors that start debugpy's: `python -m pausa.adapter`, or `python …/pausa/adapter`.

It takes the arguments of debugpy.adapter and becomes `pausa dap`. Programs whose configuration names no Python run on
this one.
"""

import os
import sys

if not __package__:
    # Run by its path, as VS Code does: the package may be of another environment than this Python.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pausa import _command

# Arguments of debugpy.adapter that mean nothing here, and whether each has a value.
_NOT_OURS = {
    "--log-dir": True,
    "--log-stderr": False,
    "--for-server": True,
    "--access-token": True,
    "--server-access-token": True,
}


def _translate(words):
    """The arguments of `pausa dap`. ValueError names one that is not understood."""
    host, port, arguments = "127.0.0.1", None, []
    words = iter(words)
    for word in words:
        name, has_value, value = word.partition("=")
        if name == "--host":
            host = value if has_value else next(words, "")
        elif name == "--port":
            port = value if has_value else next(words, "")
        elif name in ("--listen", "--python", "--token-file"):
            arguments += [name, value if has_value else next(words, "")]
        elif name in _NOT_OURS:
            if _NOT_OURS[name] and not has_value:
                next(words, None)
            print(f"pausa: {name} is passed over: pausa has neither logs nor servers of its own", file=sys.stderr)
        else:
            raise ValueError(f"pausa's adapter does not know the argument {word}")
    if port is not None:
        arguments += ["--listen", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    return arguments


def main():
    try:
        command = _command.find()
        arguments = _translate(sys.argv[1:])
    except (RuntimeError, ValueError) as error:
        sys.exit(f"error: {error}")
    python = [] if "--python" in arguments or not sys.executable else ["--python", sys.executable]
    os.execv(command, [command, "dap", *python, *arguments])


main()
