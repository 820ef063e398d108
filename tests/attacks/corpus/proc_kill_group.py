# expect: exception
# never-without: seccomp
# Kills its process group.
import os
import signal

os.killpg(0, signal.SIGKILL)
