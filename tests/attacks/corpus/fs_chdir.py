# expect: exception
# Changes the working directory.
import os

os.chdir("/tmp")
