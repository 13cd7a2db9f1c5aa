import threading  # @first


def fail():
    raise ValueError("in a thread")  # @raise


thread = threading.Thread(target=fail, name="failing")
thread.start()
thread.join()
print("end")
