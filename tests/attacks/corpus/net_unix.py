# expect: exception
# A Unix socket.
import socket

socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
