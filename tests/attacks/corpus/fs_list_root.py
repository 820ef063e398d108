# expect: exception
# Lists the root directory.
import os

os.listdir("/")
