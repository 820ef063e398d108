# expect: ok | exception
# Looks for a live socket in all objects.
import gc
import socket

for thing in gc.get_objects():
    if isinstance(thing, socket.socket) and thing.fileno() >= 0:
        thing.send(bytes(24))
