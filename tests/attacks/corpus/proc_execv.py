# expect: exception
# Becomes another program.
import os

os.execv("/bin/sh", ["sh", "-c", "touch @FOLDER@/attack"])
