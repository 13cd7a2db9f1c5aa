"""Compiles a file again and again, whose function has a breakpoint, while the thread that answers the editor is let in often."""

import sys
import warnings

sys.setswitchinterval(1e-6)
MADE = __file__.replace("compiling.py", "compiled.py")
ROUNDS = 300

with open(MADE) as file:
    text = file.read()
lost = 0
for number in range(ROUNDS):
    namespace = {}
    exec(compile(text, MADE, "exec"), namespace)
    namespace["work"](number)
    # What the program says of warnings holds.
    warnings.filterwarnings("error", category=SyntaxWarning, lineno=number + 1)
    lost += warnings.filters[0][4] != number + 1
print("lost", lost, flush=True)
