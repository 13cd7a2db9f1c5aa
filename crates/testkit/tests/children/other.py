"""Starts another Python that runs this file."""

import subprocess
import sys


def work():
    print("worked on %d.%d" % sys.version_info[:2])


if sys.argv[1:]:
    subprocess.run([sys.argv[1], __file__], check=True)
else:
    work()
