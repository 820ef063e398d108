# expect: exception
# Renames a file.
import os

os.rename("@CANARY@", "@CANARY@.moved")
