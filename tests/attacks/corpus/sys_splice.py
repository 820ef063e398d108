# expect: exception
# machine: x86_64
# splice: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(275, 0, 0, 3, 0, 1, 0) < 0:
    raise OSError(ctypes.get_errno(), "splice")
