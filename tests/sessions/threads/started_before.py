import _thread  # @first
import queue
import threading

jobs = queue.Queue()
served = threading.Event()
done = threading.Event()


def serve():
    while (job := jobs.get()) is not None:
        job = job + 1  # @job
        served.set()
    done.set()


def low(n):
    n += 1  # @low
    jobs.put(None)


threading.Thread(target=serve, name="server").start()
ready = 1  # @ready
jobs.put(1)
served.wait()
_thread.start_new_thread(low, (5,))
done.wait()
print("end")
