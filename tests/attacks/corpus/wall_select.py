# expect: wall_timeout
# wall: 0.5
# Waits in poll for something that never comes.
import select

select.poll().poll()
