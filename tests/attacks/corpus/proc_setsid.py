# expect: exception
# Leaves its session and process group.
import os
import signal

os.setsid()
