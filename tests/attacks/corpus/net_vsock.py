# expect: exception
# A socket to the hypervisor.
import socket

socket.socket(40, socket.SOCK_STREAM)
