# expect: exception
# Asks for a file system's figures.
import os

os.statvfs("/")
