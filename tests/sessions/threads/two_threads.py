import threading  # @first

ready = threading.Barrier(2)


def work(n):
    ready.wait()
    return n * 2  # @hit


threads = [threading.Thread(target=work, args=(n,), name=f"worker-{n}") for n in (1, 2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("joined")  # @joined
