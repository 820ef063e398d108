# expect: crash
# Aborts.
import os

os.abort()
