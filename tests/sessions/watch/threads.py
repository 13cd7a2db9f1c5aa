import threading


class Shared:
    def __init__(self):
        self.value = 0
        self.items = []


def work(shared, number):
    shared.value = number  # @store
    shared.items.append(number)  # @append


shared = Shared()
for number in [1, 2]:  # @loop
    worker = threading.Thread(target=work, args=(shared, number), name=f"worker {number}")
    # On one line: this thread comes to no other before the worker has ended.
    worker.start(); worker.join()  # @wait
print("end")
