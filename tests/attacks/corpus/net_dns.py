# expect: exception
# Resolves a name.
import socket

socket.getaddrinfo("localhost.localdomain", 80)
