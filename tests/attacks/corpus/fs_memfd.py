# expect: exception
# An anonymous file.
import os

os.memfd_create("attack")
