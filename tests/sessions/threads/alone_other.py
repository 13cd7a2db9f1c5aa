import threading

log = []
go = threading.Event()


def work():
    go.wait()
    while not log:  # @work
        pass
    log.append("worked")  # @worked
    log.append("more")


thread = threading.Thread(target=work, name="worker")
thread.start()
breakpoint()
go.set()
log.append("main")  # @main
log.append("more of main")
thread.join()
print(log)
