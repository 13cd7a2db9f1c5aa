import signal  # @first

try:
    signal.raise_signal(signal.SIGINT)
    print("not reached")
except KeyboardInterrupt:
    print("caught")
raise KeyboardInterrupt  # @raise
