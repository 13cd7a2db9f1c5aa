import inspect
import os
import sys
import threading

print(sys.argv, sys.argv[0] == __file__, __name__, __spec__, __package__)
print(sys.path[0] == os.path.dirname(os.path.abspath(__file__)), len(sys.path), sys.orig_argv[1:])
print(sys.modules["__main__"].__dict__ is globals(), sorted(n for n in globals() if n[:2] != "__"))
print([name for name in sys.modules if "pausa" in name.lower()])
print([path for path in sys.path if "pausa" in path.rpartition("/")[2]])
print([name for name in os.environ if "PAUSA" in name or name in ("PYTHONPATH", "PYTHONBREAKPOINT")])
print(len(inspect.stack()), sys.gettrace(), sys.getprofile(), sys.getrecursionlimit(), sys.breakpointhook)
print(threading.active_count(), threading.current_thread().name, sys.flags.no_site, sys.dont_write_bytecode)
print(sys.stdin.isatty(), sys.stdout.encoding, os.getcwd() == os.path.dirname(os.path.abspath(__file__)))
print("site" in sys.modules, "sitecustomize" in sys.modules, os.path.exists("__pycache__"))
