# expect: exception
# machine: x86_64
# eventfd: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(290, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "eventfd")
