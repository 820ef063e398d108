# expect: exception
# Leave advice on the open file that all share (posix_fadvise: random access).
import os

os.posix_fadvise(1, 0, 0, os.POSIX_FADV_RANDOM)
