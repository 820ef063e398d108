# expect: exception
# A pair of sockets.
import socket

socket.socketpair()
