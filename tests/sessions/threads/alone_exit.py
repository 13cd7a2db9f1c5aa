import threading

go = threading.Event()


def work():
    go.wait()
    print("worked")  # @worked


threading.Thread(target=work).start()
breakpoint()
go.set()  # @last
