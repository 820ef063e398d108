# expect: exception
# Leave a hint of the life time of data on the open file that all share (F_SET_FILE_RW_HINT).
import fcntl

fcntl.fcntl(1, 1038, b'\x03' + bytes(7))
