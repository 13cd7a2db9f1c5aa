import first.util  # @first
import second.util

print(first.util.name(), second.util.name())
