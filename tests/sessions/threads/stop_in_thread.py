import threading  # @first


def work():
    value = 1
    return value  # @return


thread = threading.Thread(target=work, name="short")
thread.start()
thread.join()
print("end")
