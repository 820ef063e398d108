# expect: exception
# Leave a lock on the shared null device.
import fcntl

fcntl.lockf(1, fcntl.LOCK_EX | fcntl.LOCK_NB)
