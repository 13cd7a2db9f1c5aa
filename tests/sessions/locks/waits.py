import linecache
import queue
import sys
import threading

tasks = queue.Queue()
simple = queue.SimpleQueue()
changed = threading.Condition()
begun = threading.Event()
taken = threading.Lock()
taken.acquire()
slots = threading.Semaphore(0)
inner = threading.RLock()


def consumer():
    tasks.get()


def simple_consumer():
    simple.get()


def notified():
    with changed:
        changed.wait()


def timed():
    begun.wait(1000)


def wants():
    taken.acquire()


def wants_for_a_time():
    with inner:
        taken.acquire(True, 1000)


def slot():
    slots.acquire()


def joins():
    threads[0].join()


def settle():
    """Waits until the threads are in the calls in which they will wait."""
    own = ".acquire(", ".get(", ".join(", ".wait("
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


threads = []
for target in consumer, simple_consumer, notified, timed, wants, wants_for_a_time, slot, joins:
    threads.append(threading.Thread(target=target, name=target.__name__, daemon=True))
    threads[-1].start()
settle()
print("here")  # @here
