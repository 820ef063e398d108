# expect: wall_timeout
# wall: 0.35
# Takes a lock twice.
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()
