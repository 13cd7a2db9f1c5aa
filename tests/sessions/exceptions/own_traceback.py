class Odd(Exception):  # @first
    @property
    def __traceback__(self):
        print("asked")
        return None


def work():
    raise Odd("odd")  # @raise


work()
