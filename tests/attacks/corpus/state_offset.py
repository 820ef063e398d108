# expect: exception
# Leave a position in the shared null device.
import os

os.lseek(1, 7, os.SEEK_SET)
assert os.lseek(1, 0, os.SEEK_CUR) == 7
