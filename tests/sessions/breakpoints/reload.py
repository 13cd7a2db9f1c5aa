import importlib  # @first
import sys

import settings

print(settings.value())
importlib.reload(settings)
print(settings.value())
del sys.modules["settings"]
import settings

print(settings.value())
