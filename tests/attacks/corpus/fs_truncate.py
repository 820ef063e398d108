# expect: exception
# Truncates a file.
import os

os.truncate("@CANARY@", 0)
