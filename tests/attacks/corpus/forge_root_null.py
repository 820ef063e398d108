# expect: bad_output
# The wrong root.
import os

os.write(3, b'null')
os._exit(0)
