# expect: exception
# Replaces the exception hook.
import os
import sys

sys.excepthook = lambda *_: os.write(3, b"{}")
raise ValueError
