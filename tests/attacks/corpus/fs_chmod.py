# expect: exception
# Changes a file's mode, which Landlock does not cover.
import os

os.chmod("@CANARY@", 0)
