# expect: exception
# Takes each descriptor for a socket.
import socket

for fd in range(4):
    try:
        socket.socket(fileno=fd).send(b"x")
    except OSError:
        continue
    break
else:
    raise OSError("no socket")
