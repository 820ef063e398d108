# expect: exception
# An IPv6 socket.
import socket

socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
