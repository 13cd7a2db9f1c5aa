"""Starts the server of a framework, which starts another one whenever a file changes; asks for a page before and after that."""

import http.client
import socket
import subprocess
import sys
import time
import urllib.request

SERVERS = {
    "flask": ["-m", "flask", "--app", "flask_app", "run", "--debug", "--without-threads", "--port"],
    "django": ["django_app.py", "runserver", "--skip-checks", "--nothreading"],
    "uvicorn": ["-m", "uvicorn", "uvicorn_app:app", "--reload", "--lifespan", "off", "--port"],
}


def write(version):
    with open("part.py", "w") as part:
        part.write(f'VERSION = "{version}"\n')


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
        return answer.read().decode()


def version(port):
    """What the server runs; None between two servers, and before the first."""
    try:
        return get(port, "version")
    except (OSError, http.client.HTTPException):
        time.sleep(0.05)
        return None


def change(port):
    """Changes a file, again as long as it is not noticed: who has not looked at it before sees no change."""
    noticed = False
    while not noticed:
        write("2")
        until = time.monotonic() + 3
        while not noticed and time.monotonic() < until:
            noticed = version(port) != "1"


def main(framework):
    write("1")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, *SERVERS[framework], str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while version(port) != "1":
        pass
    print(get(port, "hello/a"), flush=True)
    change(port)
    while version(port) != "2":
        pass
    print(get(port, "hello/b"), flush=True)
    server.terminate()
    server.wait()


main(sys.argv[1])
