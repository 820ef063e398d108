# expect: exception
# raise(SIGKILL).
import os
import signal

signal.raise_signal(signal.SIGKILL)
