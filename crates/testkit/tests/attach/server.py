"""A web server, a thread a request."""

import http.server
import json
import os
import signal
import sys
import threading

served = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global served
        number = int(self.path.lstrip("/"))
        body = json.dumps({"square": square(number)}).encode()  # @answer
        served += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def square(number):
    result = number * number  # @square
    return result


def tell(*_):
    monitoring = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(tool) for tool in range(6) if monitoring.get_tool(tool)] if monitoring else []
    left = {"trace": sys.gettrace() is not None, "tools": tools, "names": [n for n in globals() if "pausa" in n]}
    left["hook"] = sys.breakpointhook is not sys.__breakpointhook__
    os.write(1, (json.dumps(left) + "\n").encode())


signal.signal(signal.SIGUSR1, tell)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
