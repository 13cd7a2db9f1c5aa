import sys  # @first

print(sys.argv[1:])  # @print
