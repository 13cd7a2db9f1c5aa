import os
import shlex
import subprocess
import sys


def work(name):
    # The prompt's line about this process has been shown by now.
    input()
    left = [variable for variable in os.environ if variable.startswith("PAUSA")]
    # Without site nobody takes them back.
    print(name, [] if sys.flags.no_site else left, "_socket" in sys.modules, flush=True)  # @work


def start(name, agent):
    command = f"{agent} {shlex.quote(sys.executable)} unfit.py {name}"
    print(name, "ended with", subprocess.run(command, shell=True).returncode, flush=True)


if len(sys.argv) > 1:
    work(sys.argv[1])
    sys.exit(0 if sys.argv[1] == "third" else 3)
# An agent that cannot be loaded, as in a Python that is too old for it.
start("first", "PAUSA_AGENT=/nowhere/agent.so")
start("second", "PAUSA_AGENT=/nowhere/agent.so")
start("third", "")
# It looks for no sitecustomize.py.
print("fourth ended with", subprocess.run([sys.executable, "-S", "unfit.py", "fourth"]).returncode, flush=True)
