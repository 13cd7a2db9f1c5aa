import threading  # @first

count = 0
stop = threading.Event()
counting = threading.Event()


def busy():
    global count
    while not stop.is_set():
        count += 1
        counting.set()


threads = [threading.Thread(target=busy) for _ in range(3)]
for thread in threads:
    thread.start()
counting.wait()
look = 1  # @look
stop.set()  # @stop
for thread in threads:
    thread.join()
print("end")
