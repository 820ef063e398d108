# expect: exception
# Make the host's end of the pipe behave otherwise by flags of ours.
import fcntl
import os

fcntl.fcntl(3, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
