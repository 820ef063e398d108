# expect: ok
# Writes late output from atexit.
import atexit
import os

atexit.register(os.write, 3, b"late")
