# expect: exception
# An abstract Unix socket.
import socket

socket.socket(socket.AF_UNIX).bind("\0attack")
