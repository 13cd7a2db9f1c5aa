import sys  # @first

import mine.io
import mine.queue

print(mine.io.read(), mine.queue.get())
