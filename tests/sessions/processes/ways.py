import os
import stat
import subprocess
import sys

import worker


def run(*words, **others):
    subprocess.run(words, check=True, **others)


def script(name, first):
    with open(name, "w") as file:
        file.write(f"#!{first}\nimport worker\nworker.work('by a script')\n")
    os.chmod(name, stat.S_IRWXU)
    return os.path.abspath(name)


python = sys.executable
os.environ["PYTHONPATH"] = os.getcwd()
run(f"'{python}' worker.py 'by a shell'", shell=True)
os.system(f"'{python}' worker.py 'by system'")
run(script("started", python))
run(python, "-c", "import worker; worker.work('by -c')")
run(python, "-m", "worker", "by -m")
run(python, "-E", "worker.py", "by -E")
run(python, "-I", "worker.py", "by -I")
run(python, "-S", "worker.py", "by -S")
child = os.posix_spawn(python, [python, "worker.py", "by posix_spawn"], os.environ)
os.waitpid(child, 0)
child = os.posix_spawnp(python, [python, "worker.py", "by posix_spawnp"], os.environ)
os.waitpid(child, 0)
run("env", "A=b", python, "-I", "worker.py", "by env and -I")
run(f"exec '{python}' -E worker.py 'by a shell and -E'", shell=True)
os.system(f"'{python}' -I worker.py 'by system and -I'")
