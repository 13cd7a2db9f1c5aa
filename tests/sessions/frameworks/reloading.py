"""Starts the server of a framework, which starts another one whenever a file changes; asks for a page before and after that."""

import http.client
import os
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
# The longest that anything may take here, in seconds: shorter than what a step of the session may.
PATIENCE = 45


def write(version):
    with open("part.new", "w") as part:
        part.write(f'VERSION = "{version}"\n')
    os.replace("part.new", "part.py")


def get(port, path, patience):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=patience) as answer:
        return answer.read().decode()


def version(port):
    """What the server runs; None between two servers, and before the first."""
    try:
        return get(port, "version", 5)
    except (OSError, http.client.HTTPException):
        time.sleep(0.05)
        return None


def wait_for(port, wanted, write_again=False):
    """Waits until the server runs this. Who has not looked at a file before sees no change: it is changed again then."""
    until = time.monotonic() + PATIENCE
    next_write = 0
    while (found := version(port)) != wanted:
        now = time.monotonic()
        if now > until:
            sys.exit(f"the server runs {found}, not {wanted}: {open('server.log').read()}")
        if write_again and found and now > next_write:
            write(wanted)
            next_write = now + 5


def main(framework):
    write("1")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, *SERVERS[framework], str(port)]
    # The two versions of a file are of the same length and may be of the same second: compiled ones would be mistaken.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with open("server.log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    wait_for(port, "1")
    print(get(port, "hello/a", PATIENCE), flush=True)
    wait_for(port, "2", write_again=True)
    print(get(port, "hello/b", PATIENCE), flush=True)
    server.terminate()
    print("server", server.wait(PATIENCE), flush=True)


main(sys.argv[1])
