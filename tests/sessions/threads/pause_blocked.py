import threading  # @first

event = threading.Event()


def wait(owner):
    print("waiting")
    event.wait()  # @wait
    print("woken")
    return owner


wait("me")
