# expect: exception
# Asks for an interval timer to confuse the CPU clock.
import signal

signal.setitimer(signal.ITIMER_PROF, 1000.0)
