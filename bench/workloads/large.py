"""Runs through all functions of a large package, or (for a negative number) imports it again.

The driver has written the package beside the pipes.
"""

import importlib
import sys

from rounds import serve

MODULES = int(sys.argv[2])
FUNCTIONS = 50


def load():
    return [importlib.import_module(f"large_package.module_{number}") for number in range(MODULES)]


def imports(n):
    for _ in range(n):
        for name in [name for name in sys.modules if name.startswith("large_package")]:
            del sys.modules[name]
        load()


def runs(n):
    functions = [getattr(module, f"function_{number}") for module in load() for number in range(FUNCTIONS)]
    for _ in range(n):
        for function in functions:
            function(20)


def work(number):
    if number < 0:
        imports(-number)
    else:
        runs(number)


if __name__ == "__main__":
    # Modules are compiled once, by the first import.
    sys.dont_write_bytecode = False
    sys.path.insert(0, sys.argv[1])
    serve(work)
