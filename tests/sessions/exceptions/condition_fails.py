try:  # @first
    raise ValueError(1)  # @raise
except ValueError:
    print("caught")
