import linecache
import sys
import threading

first = threading.Lock()
forks = [threading.Lock(), threading.RLock()]
ready = threading.Barrier(3)


class Account:
    def __init__(self):
        self.lock = threading.Lock()


account = Account()


def one():
    with first:
        ready.wait()
        with forks[1]:  # @one
            pass


def two():
    with forks[1], account.lock:
        ready.wait()
        first.acquire()  # @two


def settle():
    """Waits until the threads are in the calls in which they will wait."""
    own = ".acquire(", "with forks"
    calls = ".acquire(", ".get(", ".join(", "with forks"

    def is_at(frame, texts):
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
        return any(text in line for text in texts)

    def waits(frame):
        if not is_at(frame, calls):
            return False
        while frame and frame.f_code.co_filename != __file__:
            frame = frame.f_back
        return frame is not None and is_at(frame, own)

    others = [thread.ident for thread in threading.enumerate() if thread is not threading.current_thread()]
    while not all(waits(sys._current_frames()[ident]) for ident in others):
        pass


def three():
    account.lock.acquire()  # @three


for target in one, two:
    threading.Thread(target=target, name=target.__name__, daemon=True).start()
ready.wait()
threading.Thread(target=three, name="three", daemon=True).start()
settle()
print("looking")  # @main
threading.Event().wait()  # @end
