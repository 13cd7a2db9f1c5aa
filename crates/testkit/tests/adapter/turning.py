import threading
import time

turns = 0
over = threading.Event()


def turn():
    global turns
    while not over.is_set():
        turns += 1


def spin():
    before = turns
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass
    return turns - before


def wait_for_a_turn():
    before = turns
    while turns == before:
        pass


thread = threading.Thread(target=turn, name="turner")
thread.start()
wait_for_a_turn()
first = spin()  # @first
second = spin()
third = spin()
wait_for_a_turn()  # @turn
over.set()  # @join
thread.join()
print("done")
