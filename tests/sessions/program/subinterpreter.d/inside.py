def work():
    return 6 * 7  # @work
