import threading

log = []


def short():
    breakpoint()
    log.append("short")  # @short


thread = threading.Thread(target=short)
thread.start()
thread.join()
print(log)


def late():
    log.append("late")


def starts():
    new = threading.Thread(target=late)
    new.start()
    return new  # @started


breakpoint()
new = starts()
new.join()
print(log)
