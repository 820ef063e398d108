# expect: wall_timeout
# wall: 0.5
# Sleeps for 100 s.
import time

time.sleep(100)
