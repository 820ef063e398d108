# expect: exception
# Kills itself, to look like a failure of ours.
import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
