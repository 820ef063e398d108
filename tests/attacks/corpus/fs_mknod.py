# expect: exception
# Makes a device file.
import os

os.mknod("@FOLDER@/attack", 0o600)
