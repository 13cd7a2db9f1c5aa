import sys  # @first

print("before")
import later

print(later.work())
