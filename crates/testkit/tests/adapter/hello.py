"""Says what it was given, computes a little, and ends with exit code 7."""

import os
import sys


def total(numbers):
    result = 0
    for number in numbers:
        result += number
    return result  # @result


print("arguments", sys.argv[1:])
print("folder", os.path.basename(os.getcwd()))
print("variable", os.environ.get("PAUSA_TEST_VARIABLE"))
ours = "PAUSA_HUB", "PAUSA_AGENT", "PAUSA_PYTHONPATH", "PAUSA_UNBUFFERED", "PYTHONPATH", "PYTHONUNBUFFERED"
print("ours", [name for name in ours if name in os.environ])
print("total", total([1, 2, 3]))  # @call
print("a word of error", file=sys.stderr)
sys.exit(7)
