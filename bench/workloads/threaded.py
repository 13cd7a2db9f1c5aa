"""Four threads that hand numbers on through a queue."""

import queue
import threading

from rounds import serve


def weigh(number):
    total = 0
    for digit in range(20):
        total += number * digit
    if total < 0:
        total = 0  # @never
    return total


def consume(numbers, results):
    while (number := numbers.get()) is not None:
        results.append(weigh(number))


def work(n):
    numbers, results = queue.SimpleQueue(), []
    threads = [threading.Thread(target=consume, args=(numbers, results)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(n):
        numbers.put(number)
    for _ in threads:
        numbers.put(None)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    serve(work)
