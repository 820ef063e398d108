# expect: exception
# Seal the memory that the code came in.
import fcntl

fcntl.fcntl(0, 1033, 15)
