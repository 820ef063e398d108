# expect: exception
# Becomes another program by a descriptor.
import os

os.execve(0, ["sh"], {})
