import sys  # @first
import threading


def leave():
    sys.exit(9)  # @leave


thread = threading.Thread(target=leave, name="leaver")
thread.start()
thread.join()
print("end")
