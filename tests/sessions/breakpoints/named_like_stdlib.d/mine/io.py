def read():
    return "read"  # @read
