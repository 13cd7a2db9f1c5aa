NAME = "app"  # @init
