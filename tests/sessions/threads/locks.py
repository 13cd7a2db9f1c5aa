import threading  # @first

lock = threading.Lock()
held = threading.Event()
go = threading.Event()


def holder():
    with lock:
        held.set()
        go.wait()


thread = threading.Thread(target=holder)
thread.start()
held.wait()
look = 1  # @look
go.set()
thread.join()
print("end")
