def run(n):
    return n * 2  # @run
