def work(number):
    return number  # @work
