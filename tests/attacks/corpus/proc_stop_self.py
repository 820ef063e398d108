# expect: exception
# Stops itself.
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
