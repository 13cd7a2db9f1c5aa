"""Log points in two threads, a stop in the middle, and an end that comes at once."""

import threading


def speak(n):
    for i in range(n):
        value = [i]  # @speak
    return value


other = threading.Thread(target=speak, args=(2000,))
other.start()
speak(3000)
other.join()
done = True  # @stop
speak(1000)
