# expect: exception
# Leave a lock on the open file that all share.
import fcntl

fcntl.flock(1, fcntl.LOCK_EX | fcntl.LOCK_NB)
