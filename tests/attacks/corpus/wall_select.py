# expect: wall_timeout
# wall: 0.35
# Waits in poll for something that never comes.
import select

select.poll().poll()
