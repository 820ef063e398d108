# expect: exception
# Asks whether a path exists.
import os

os.stat("@CANARY@")
