# expect: exception
# machine: x86_64
# timerfd_create: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(283, 1, 0) < 0:
    raise OSError(ctypes.get_errno(), "timerfd_create")
