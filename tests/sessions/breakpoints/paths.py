import os  # @first
import sys

sys.path.insert(0, "lib")
import helper

print(helper.help())
os.chdir("lib")
print(helper.help())
