import os
import subprocess
import sys
import venv


def work():
    import only_here

    return only_here.NAME, os.path.basename(sys.prefix)  # @work


def make():
    venv.create("other", symlinks=True)
    packages = os.path.join("other", "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
    with open(os.path.join(packages, "only_here.py"), "w") as module:
        module.write("NAME = 'a package of the other environment'\n")
    return os.path.abspath("other/bin/python")


if sys.argv[1:]:
    print(*work(), flush=True)
else:
    python = make()
    subprocess.run([python, __file__, "direct"], check=True)
    subprocess.run(f". other/bin/activate && python {__file__} activated", shell=True, check=True)
