import atexit  # @first

atexit.register(print, "at exit")
print("last")  # @last
