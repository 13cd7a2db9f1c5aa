def name():
    return "second"  # @two
