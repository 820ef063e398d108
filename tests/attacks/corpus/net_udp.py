# expect: exception
# A datagram socket.
import socket

socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
