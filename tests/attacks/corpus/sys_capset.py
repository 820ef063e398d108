# expect: exception
# machine: x86_64
# capset: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(126, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "capset")
