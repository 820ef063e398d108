# expect: exception
# Has the kernel send it SIGKILL when a pipe is ready.
import fcntl

fcntl.fcntl(3, 10, 9)
