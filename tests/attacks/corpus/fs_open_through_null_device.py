# expect: exception
# Looks for a directory descriptor to open relative to.
import os

for fd in range(256):
    try:
        os.open("etc/passwd", os.O_RDONLY, dir_fd=fd)
    except OSError:
        continue
    break
else:
    raise OSError("no descriptor led anywhere")
