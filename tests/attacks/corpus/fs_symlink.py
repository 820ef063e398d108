# expect: exception
# Makes a symbolic link.
import os

os.symlink("@CANARY@", "@FOLDER@/attack")
