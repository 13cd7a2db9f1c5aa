import signal  # @first


def handler(number, frame):
    print("signal", signal.Signals(number).name)  # @handler


signal.signal(signal.SIGUSR1, handler)
signal.raise_signal(signal.SIGUSR1)  # @raise
print(signal.getsignal(signal.SIGINT).__name__)  # @after
