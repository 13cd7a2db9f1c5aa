"""Runs while the interpreter of a program launched by `pausa` starts up, before any code of the program.

`site` imports it because the launcher put this folder first on PYTHONPATH. It takes back what the launcher added,
loads the agent, imports the `sitecustomize` that the user's environment has, if any, and hands over to the agent,
which returns when its front end is ready. Invariant: nothing of this stays but the modules `pausa` and `pausa._agent`;
should it fail, the program that was launched does not run without its debugger, and a child of it runs as if there were
none. Any Python among the children comes here: this is syntax that all of them read.
"""

import os
import sys

TAKEN = (
    "PAUSA_HUB",
    "PAUSA_AGENT",
    "PAUSA_AGENT_BACKEND",
    "PAUSA_PYTHONPATH",
    "PAUSA_UNBUFFERED",
    "PAUSA_CHILD",
    "PAUSA_ISOLATED",
)


def _take_back_environment():
    taken = dict((name, os.environ.pop(name, None)) for name in TAKEN)
    if taken["PAUSA_PYTHONPATH"] is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = taken["PAUSA_PYTHONPATH"]
    if taken["PAUSA_UNBUFFERED"] is not None:
        os.environ.pop("PYTHONUNBUFFERED", None)
    isolated = taken["PAUSA_ISOLATED"]
    if isolated is not None:
        taken["PAUSA_ISOLATED"] = _isolate(isolated.split("\x1f"))
    return taken


def _isolate(hidden):
    """The option -E or -I was left out, as with it nobody would have come here, and so were the variables that it hides."""
    os.environ.pop("PYTHONSAFEPATH", None)
    os.environ.pop("PYTHONNOUSERSITE", None)
    os.environ.update(variable.split("=", 1) for variable in hidden[1:] if "=" in variable)
    getattr(sys, "orig_argv", [])[1:1] = ["-" + hidden[0]]
    return hidden[0]


def _take_back_imports(folder):
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != folder]
    sys.path_importer_cache.pop(folder, None)
    del sys.modules[__name__]


def _import(name, loader, package=None):
    # importlib's own modules for this are not imported yet, and whether they are is the program's affair.
    from _frozen_importlib import ModuleSpec, _load

    spec = ModuleSpec(name, loader, origin=loader.path, is_package=package is not None)
    spec.has_location = True
    if package is not None:
        spec.submodule_search_locations = [package]
    return _load(spec)


def _load_pausa(folder, agent):
    from _frozen_importlib_external import ExtensionFileLoader, SourceFileLoader

    package = os.path.dirname(folder)
    pausa = _import("pausa", SourceFileLoader("pausa", os.path.join(package, "__init__.py")), package)
    pausa._agent = _import("pausa._agent", ExtensionFileLoader("pausa._agent", agent))
    return pausa._agent


def _fail(address, error):
    reason = "the agent could not start in Python %s: %s" % (sys.version.split()[0], error)
    try:
        # Beside the socket the launcher finds it and says it in its own words.
        with open(os.path.join(os.path.dirname(address[len("unix:"):]), "reason"), "x") as file:
            file.write(reason)
    except OSError:
        os.write(2, ("pausa: %s\n" % reason).encode(errors="replace"))
    os._exit(70)


def _unfit():
    """Why the agent cannot start in this Python, as far as that is known without trying."""
    implementation = getattr(sys, "implementation", None)
    if implementation is not None and implementation.name != "cpython":
        return "%s is no CPython" % sys.executable
    if "t" in getattr(sys, "abiflags", ""):
        return "%s is a free-threaded build, which pausa cannot debug yet" % sys.executable
    if sys.version_info < (3, 10):
        return "%s is Python %s, and pausa debugs 3.10 and later" % (sys.executable, sys.version.split()[0])
    return None


def _why(error):
    return "the agent could not start in %s, Python %s: %s" % (sys.executable, sys.version.split()[0], error)


def _say_unfit(taken, reason):
    """Tells who debugs the parent that this process cannot be."""
    try:
        is_new = "_socket" not in sys.modules
        import _socket

        connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        connection.settimeout(1)
        connection.connect(os.path.join(os.path.dirname(taken["PAUSA_HUB"][len("unix:"):]), "undebugged"))
        connection.send((" ".join(reason.split()) + "\n").encode("utf-8", "replace"))
        # It ends when that has been heard; nobody waits for longer.
        connection.recv(1)
        connection.close()
        if is_new:
            del sys.modules["_socket"]
    except Exception:
        # Nobody listens any more, or this Python has no sockets.
        pass


def _isolate_again(option):
    """What the agent does about the option that was left out, it cannot do here: this Python starts again, with it."""
    try:
        with open("/proc/self/cmdline", "rb") as file:
            words = file.read().split(b"\0")[:-1]
        os.execv(sys.executable, words[:1] + [b"-" + option.encode()] + words[1:])
    except Exception:
        # It runs on with the script's folder on its path.
        pass


def _run():
    folder = os.path.dirname(os.path.abspath(__file__))
    if "PAUSA_HUB" not in os.environ:
        # Another interpreter in the same process: it was given our folder, and the agent is the first one's.
        _take_back_imports(folder)
        import sitecustomize

        return
    taken = _take_back_environment()
    is_child = taken["PAUSA_CHILD"] is not None
    start = unfit = None
    try:
        _take_back_imports(folder)
        unfit = _unfit() if is_child else None
        if unfit is None:
            start = _load_pausa(folder, taken["PAUSA_AGENT"]).start
    except BaseException as error:
        if not is_child:
            _fail(taken["PAUSA_HUB"], error)
        unfit = _why(error)
    if unfit is not None:
        _say_unfit(taken, unfit)
        if taken["PAUSA_ISOLATED"] is not None:
            _isolate_again(taken["PAUSA_ISOLATED"])
    try:
        # The user's own. That there is none, or that it fails, is for `site` to handle, as it would without us.
        import sitecustomize
    finally:
        try:
            if start is not None:
                start(taken["PAUSA_HUB"], taken["PAUSA_AGENT_BACKEND"], isolated=taken["PAUSA_ISOLATED"])
        except BaseException as error:
            if not is_child:
                _fail(taken["PAUSA_HUB"], error)
            # Any other says that nobody is there who wants to debug it.
            if isinstance(error, NotImplementedError):
                _say_unfit(taken, _why(error))


_run()
