# expect: exception
# machine: x86_64
# setuid: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(105, 0) < 0:
    raise OSError(ctypes.get_errno(), "setuid")
