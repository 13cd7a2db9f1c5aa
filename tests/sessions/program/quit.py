import atexit  # @first

atexit.register(print, "at exit")
print("end")  # @end
