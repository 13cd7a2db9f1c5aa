x = 1  # @never
