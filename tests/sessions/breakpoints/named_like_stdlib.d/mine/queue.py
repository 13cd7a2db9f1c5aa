def get():
    return "got"  # @got
