print("end")  # @first
