# expect: no_output
# Replaces os.write.
import os

os.write = lambda fd, data: len(data)
