"""Runs a benchmark of pyperformance as it is, its `pyperf` being the stand-in of this folder.

Arguments: the folder of the pipes (or `survey`), and the benchmark's script.
"""

import os
import runpy
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "standin"))
sys.path.insert(0, os.path.dirname(sys.argv[2]))
runpy.run_path(sys.argv[2], run_name="__main__")
