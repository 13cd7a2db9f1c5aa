import sys  # @first
import threading

import sitecustomize


def work():
    value = 1  # @value
    return value


work()
thread = threading.Thread(target=work, name="second")
thread.start()
thread.join()
print(sys.gettrace() is sitecustomize.tracer, sitecustomize.seen)
sys.settrace(None)
work()  # @untraced
print(sys.gettrace(), len(sitecustomize.seen))
