# expect: exception
# Changes the root.
import os

os.chroot("/tmp")
