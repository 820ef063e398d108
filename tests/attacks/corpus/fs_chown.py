# expect: exception
# Changes a file's owner.
import os

os.chown("@CANARY@", 1, 1)
