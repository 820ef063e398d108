# expect: exception
# Changes its priority.
import os
import signal

os.nice(5)
