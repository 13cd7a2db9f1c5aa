import threading  # @first

stop = threading.Event()
running = threading.Event()


def work(n):
    n += 1  # @one
    n += 2  # @two
    return n  # @return


def busy():
    while not stop.is_set():
        work(100)
        running.set()


other = threading.Thread(target=busy, name="busy")
other.start()
running.wait()
work(1)  # @call
stop.set()  # @stop
other.join()
print("end")
