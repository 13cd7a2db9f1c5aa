import sys  # @first

if len(sys.argv) > 1:
    sys.exit("cannot go on")
sys.exit(7)
