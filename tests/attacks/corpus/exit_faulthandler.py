# expect: exception
# A watchdog thread of the interpreter.
import faulthandler

faulthandler.dump_traceback_later(0.01, exit=True)
