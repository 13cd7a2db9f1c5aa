def work(n):  # @first
    inner = n + 1
    try:
        raise KeyError("lost")  # @raise
    finally:
        print("finally")


def call():
    try:
        work(1)
    finally:
        print("outer finally")


call()
