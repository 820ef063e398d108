# expect: exception
# machine: x86_64
# fork: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(57) < 0:
    raise OSError(ctypes.get_errno(), "fork")
