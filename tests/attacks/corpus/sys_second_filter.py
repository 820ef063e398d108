# expect: exception
# Installs a filter of its own that would allow everything.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "prctl")
