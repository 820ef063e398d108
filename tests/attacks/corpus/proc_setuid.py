# expect: exception
# Becomes root.
import os
import signal

os.setuid(0)
