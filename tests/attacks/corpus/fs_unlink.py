# expect: exception
# Removes a file.
import os

os.unlink("@CANARY@")
