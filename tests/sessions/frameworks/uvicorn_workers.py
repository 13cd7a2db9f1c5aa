"""An application for uvicorn; run by itself it starts that with two workers, and asks each for a page."""

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

# The longest that anything may take here, in seconds: shorter than what a step of the session may.
PATIENCE = 45
# A worker that stands at a breakpoint is not to be taken for one that hangs.
COMMAND = ["-m", "uvicorn", "uvicorn_workers:app", "--workers", "2", "--timeout-worker-healthcheck", "3600", "--lifespan", "off"]


def name():
    """The workers take numbers as they come."""
    for number in ("1", "2"):
        try:
            os.mkdir(f"worker{number}")
            return number
        except FileExistsError:
            pass


async def app(scope, receive, send):
    asked = scope["path"].strip("/")
    status = 200 if asked == WORKER else 503
    if status == 200:
        asked += " of 2"  # @app
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": asked.encode()})


def get(port, worker):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{worker}", timeout=PATIENCE) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            # The other worker has taken it.
            pass
        except (OSError, http.client.HTTPException):
            # None is there yet.
            time.sleep(0.05)
    sys.exit(f"worker {worker} does not answer: {open('server.log').read()}")


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with open("server.log", "w") as log:
        server = subprocess.Popen([sys.executable, *COMMAND, "--port", str(port)], stdout=log, stderr=log)
    for worker in ("1", "2"):
        print("worker", get(port, worker), flush=True)
    server.terminate()
    print("uvicorn", server.wait(PATIENCE), flush=True)
elif __name__ == "uvicorn_workers":
    WORKER = name()
