# Lets the agent into a program that runs already, and is `pausa attach`'s only Python in it. The command copies this text
# beside the agent's library into a private folder that the program can read, adds a call, and has a thread of the program
# run it at a safe point, among names of its own.
# It imports nothing that the interpreter does not bring built in. Only the first of several threads gets anywhere.
# Invariant: nothing stays but the module `pausa._agent`; whatever fails is told to the command and to nobody else.


def _pausa_enter(folder, process, version, options):
    import builtins
    import posix
    import sys

    def load():
        agent = sys.modules.get("pausa._agent")
        if agent is not None:
            if agent.__version__ != version:
                raise builtins.RuntimeError(
                    f"pausa {agent.__version__} has been in this program: attach with that version"
                )
            return agent
        from _frozen_importlib import ModuleSpec, _load
        from _frozen_importlib_external import ExtensionFileLoader

        path = folder + "/agent.so"
        spec = ModuleSpec("pausa._agent", ExtensionFileLoader("pausa._agent", path), origin=path)
        spec.has_location = True
        return _load(spec)

    def clear():
        for remove, name in ((posix.unlink, "/agent"), (posix.unlink, "/enter.py"), (posix.rmdir, "/entered"), (posix.rmdir, "")):
            try:
                remove(folder + name)
            except builtins.OSError:
                pass

    # A child that was forked meanwhile is another process.
    if posix.getpid() != process:
        return
    try:
        posix.mkdir(folder + "/entered", 0o700)
    except builtins.OSError:
        return
    alone = False
    try:
        sys.audit("pausa.attach", options.get("audit_log"))
        load().start("unix:" + folder + "/agent", attached=True, **options)
    except builtins.BaseException as error:
        # Then the command was killed, and nobody else removes what it has left.
        alone = f"{error}".startswith("nobody answers")
        reason = f"{builtins.type(error).__name__}: {error}"
        if builtins.isinstance(error, (builtins.RuntimeError, builtins.ImportError)):
            reason = f"{error}"
        try:
            file = posix.open(folder + "/reason.new", posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL, 0o600)
            posix.write(file, reason.encode("utf-8", "replace"))
            posix.close(file)
            posix.rename(folder + "/reason.new", folder + "/reason")
        except builtins.OSError:
            pass
    finally:
        # The rest goes with the folder: the command removes it, or the agent when it leaves.
        try:
            posix.unlink(folder + "/agent.so")
        except builtins.OSError:
            pass
        if alone:
            clear()
