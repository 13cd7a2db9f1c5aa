import sys  # @main

print(__name__, __package__ or None, len(sys.argv))
