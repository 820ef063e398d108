# expect: exception
# Sends a signal to its main thread.
import os
import signal

signal.pthread_kill(__import__('threading').get_ident(), signal.SIGKILL)
