# expect: exception
# Leave an owner on the shared null device.
import fcntl
import os

fcntl.fcntl(1, fcntl.F_SETOWN, os.getpid())
