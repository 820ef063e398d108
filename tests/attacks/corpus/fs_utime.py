# expect: exception
# Changes a file's times.
import os

os.utime("@CANARY@", (0, 0))
