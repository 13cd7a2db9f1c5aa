import queue  # @first
import threading

jobs = queue.Queue()


def wait_for_job(owner):
    return jobs.get()  # @get


def talk():
    return "talked"  # @talk


waiter = threading.Thread(target=wait_for_job, args=("me",), name="waiter")
waiter.start()
while not jobs.not_empty._waiters:
    pass
talk()  # @call
jobs.put(1)  # @put
waiter.join()
print("end")
