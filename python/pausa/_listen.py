"""Lets editors attach to this program: starts a server for them, which the agent then dials."""

import os
import shutil
import sys

from pausa import _command, _front_end


def start(way, address):
    """Starts it, `way` being listen or connect. Returns where it is as text."""
    agent = _front_end.load_agent()
    with _front_end.starting:
        if agent.is_active():
            raise RuntimeError("this program is being debugged already; only one debugger can run in a process")
        return _start(agent, way, address)


def _start(agent, way, address):
    command = _command.find()
    folder = _front_end.private_folder()
    try:
        socket = "unix:" + os.path.join(folder, "agent")
        place = _spawn(command, f"{way}={address}", socket)
        agent.start(socket, os.environ.get("PAUSA_BACKEND") or None)
        return place
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spawn(command, meeting, socket):
    """Returns where the server is. It is no child of this process, which may wait for all of its."""
    reader, writer = os.pipe()
    arguments = [command, "__listen", meeting, socket, sys.argv[0] if sys.argv else ""]
    with open(reader, encoding="utf-8", errors="replace") as output:
        try:
            actions = [(os.POSIX_SPAWN_DUP2, writer, 1)]
            pid = os.posix_spawn(command, arguments, os.environ, file_actions=actions, setsigmask=())
        finally:
            os.close(writer)
        answer = output.readline().strip()
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        # The program ignores SIGCHLD, or waits for all its children in another thread.
        pass
    if not answer or answer.startswith("error: "):
        raise RuntimeError(answer.partition(": ")[2] or f"{command} could not start a server for editors")
    return answer


def text(address):
    """PORT, (HOST, PORT) or "unix:PATH" (also "HOST:PORT") as the command writes it."""
    if isinstance(address, int):
        return str(address)
    if isinstance(address, str):
        return address
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def endpoint(place):
    """What the command says, as (host, port), or as the text for a Unix socket."""
    if place.startswith("unix:"):
        return place
    host, _, port = place.rpartition(":")
    return host.strip("[]"), int(port)
