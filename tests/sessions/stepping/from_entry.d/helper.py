VALUE = 1  # @value
