import os  # @first
import sys

print(sys.argv[1:], os.path.basename(sys.argv[0]), __name__, __spec__.name, sys.path[0] == os.getcwd())
value = 1  # @value
