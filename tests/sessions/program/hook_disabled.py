breakpoint()  # @first
print("end")  # @end
