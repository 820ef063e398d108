# expect: exception
# Change the size of the result pipe.
import fcntl

fcntl.fcntl(3, 1031, 1 << 20)
