"""Starts a Python that pausa does not debug, which tells all that it sees of its surroundings."""

import subprocess
import sys

CODE = """
import os, sys
print(sys.version_info[:2], sys.flags, sys.path, sorted(os.environ.items()), sorted(sys.modules), sys.argv)
sys.exit(3)
"""

for options in [], ["-E"], ["-I"], ["-B", "-W", "ignore", "-I"]:
    print(subprocess.run([sys.argv[1], *options, "-c", CODE, "-E"]).returncode, flush=True)
