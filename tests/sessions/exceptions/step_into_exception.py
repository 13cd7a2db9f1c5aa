def fail():  # @first
    raise ValueError("no")  # @raise


fail()  # @call
