# expect: exception
# Read the time in every way that Python has.
import datetime
import time

seen = [time.time(), time.monotonic(), time.perf_counter(), time.process_time(), time.thread_time()]
assert any(seen) or datetime.datetime.now().year != 1970
