"""Ends when it is ended."""

import signal

print("ready")
while True:
    signal.pause()  # @pause
