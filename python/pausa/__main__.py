"""`python -m pausa …` is the `pausa` command, debugging with this Python unless another one is named."""

import os
import sys

from pausa import _command


def main():
    try:
        command = _command.find()
    except RuntimeError as error:
        sys.exit(f"error: {error}")
    arguments = sys.argv[1:]
    # A program's own --python counts as naming one too: then the choice is that of the bare command.
    named = any(argument.split("=")[0] == "--python" for argument in arguments)
    if not named and sys.executable and sys.version_info >= (3, 10):
        arguments = ["--python", sys.executable, *arguments]
    os.execv(command, [command, *arguments])


main()
