"""An application and the configuration of its gunicorn; run by itself it starts that and asks each worker for a page."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

# A worker that stands at a breakpoint is not to be taken for one that hangs.
timeout = 0
workers = 2
control_socket_disable = True


def pre_fork(server, worker):
    if worker.age == 2:
        open("first").close()


def post_fork(server, worker):
    os.environ["WORKER"] = str(worker.age)
    if worker.age == 1:
        open("first", "w").close()


def app(environ, start_response):
    worker = environ["PATH_INFO"].strip("/")
    if worker != os.environ["WORKER"]:
        start_response("503 Not mine", [])
        return []
    start_response("200 OK", [])
    return [worker.encode()]  # @app


def get(port, worker):
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{worker}") as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            # The other worker has taken it.
            pass


if __name__ == "__main__":
    os.mkfifo("first")
    listener = socket.create_server(("127.0.0.1", 0))
    descriptor = listener.fileno()
    command = ["-m", "gunicorn", "--config", "python:gunicorn_workers", "--bind", f"fd://{descriptor}", "--log-level", "error"]
    server = subprocess.Popen([sys.executable, *command, "gunicorn_workers:app"], pass_fds=[descriptor])
    for worker in ["1", "2"]:
        print("worker", get(listener.getsockname()[1], worker), flush=True)
    server.terminate()
    print("gunicorn", server.wait())
