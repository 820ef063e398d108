# expect: exception
# Reads a symbolic link of procfs.
import os

os.readlink("/proc/self/exe")
