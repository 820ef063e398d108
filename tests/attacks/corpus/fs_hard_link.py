# expect: exception
# Makes a hard link.
import os

os.link("@CANARY@", "@FOLDER@/attack")
