# expect: exception
# Leave a bit for the next candidate in the flags of the shared null device.
import fcntl
import os

fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_APPEND)
