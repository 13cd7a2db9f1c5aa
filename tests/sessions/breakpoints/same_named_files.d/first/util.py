def name():
    return "first"  # @one
