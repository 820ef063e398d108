# expect: exception
# Changes its processors.
import os
import signal

os.sched_setaffinity(0, {0})
