for n in range(2):  # @header
    print(n)  # @body
print("end")
