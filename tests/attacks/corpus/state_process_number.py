# expect: exception
# Read who one is, to give another circuit each time.
import os

assert os.getpid() or os.getppid() or os.getuid() or os.getgid()
