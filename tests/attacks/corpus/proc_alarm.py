# expect: ok
# Sets an alarm; the call has no way to report that it was denied, and no alarm comes.
import signal

signal.alarm(1)
