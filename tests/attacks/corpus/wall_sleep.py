# expect: wall_timeout
# wall: 0.35
# Sleeps for 100 s.
import time

time.sleep(100)
