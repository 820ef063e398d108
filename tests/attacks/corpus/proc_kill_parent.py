# expect: exception
# never-without: seccomp
# Kills the zygote.
import os
import signal

os.kill(os.getppid(), signal.SIGKILL)
