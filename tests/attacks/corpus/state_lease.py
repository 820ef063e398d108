# expect: exception
# Leave a lease on the shared null device.
import fcntl

fcntl.fcntl(1, 1024, fcntl.F_RDLCK)
