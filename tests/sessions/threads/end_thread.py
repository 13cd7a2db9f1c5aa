import threading

go_on = threading.Event()
started = threading.Event()
ended = []


def work():
    try:
        started.set()
        while not go_on.wait(0.01):
            pass
        print("never")
    finally:
        ended.append("by its finally")


worker = threading.Thread(target=work, name="worker")
worker.start()
started.wait()
print("started")  # @started
worker.join()
print("joined", ended)  # @joined
