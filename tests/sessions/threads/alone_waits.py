import threading

lock = threading.Lock()
held = threading.Event()
let_go = threading.Event()


def holder():
    with lock:
        held.set()
        let_go.wait()
    print("let go")  # @free


thread = threading.Thread(target=holder, name="holder")
thread.start()
held.wait()
breakpoint()
let_go.set()
with lock:
    mine = True
thread.join()
print("done")
