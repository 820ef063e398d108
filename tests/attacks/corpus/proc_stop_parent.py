# expect: exception
# never-without: seccomp
# Stops the zygote.
import os
import signal

os.kill(os.getppid(), signal.SIGSTOP)
