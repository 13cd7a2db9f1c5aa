import threading  # @first

looping = threading.Event()
stopped = threading.Event()


def loop():
    count = 0
    while not stopped.is_set():
        count += 1  # @loop
        looping.set()


def ready():
    return True  # @ready


worker = threading.Thread(target=loop, name="worker")
worker.start()
looping.wait()
ready()
worker.join()
print("joined")
