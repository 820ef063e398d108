# expect: exception
# Sets an extended attribute.
import os

os.setxattr("@CANARY@", "user.attack", b"x")
