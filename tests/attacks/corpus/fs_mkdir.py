# expect: exception
# Makes a directory.
import os

os.mkdir("@FOLDER@/attack")
