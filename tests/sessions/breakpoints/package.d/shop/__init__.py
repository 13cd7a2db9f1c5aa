NAME = "shop"  # @init
