# expect: exception
# Makes a named pipe.
import os

os.mkfifo("@FOLDER@/attack")
