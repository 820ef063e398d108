# expect: exception
# Leaves its process group.
import os
import signal

os.setpgid(0, 0)
