import os  # @first
import tempfile


def work(files):
    for number, file in enumerate(files):
        file.write(b"x%d" % number)
        file.flush()
    return len(files)


# As daemons do: all descriptors but the standard ones.
os.closerange(3, 256)
input()
files = [tempfile.TemporaryFile() for _ in range(16)]
print(work(files))
print(all(os.pread(file.fileno(), 100, 0) == b"x%d" % n for n, file in enumerate(files)))
