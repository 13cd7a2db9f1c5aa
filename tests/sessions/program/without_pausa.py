import sys  # @first

value = len(sys.argv)
breakpoint()  # @stop
print("end", value)  # @end
