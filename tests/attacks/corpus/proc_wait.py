# expect: exception
# Waits for any child.
import os
import signal

os.wait()
