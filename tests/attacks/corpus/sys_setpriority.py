# expect: exception
# machine: x86_64
# setpriority: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(141, 0, 0, 5) < 0:
    raise OSError(ctypes.get_errno(), "setpriority")
