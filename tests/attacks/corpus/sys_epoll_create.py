# expect: exception
# machine: x86_64
# epoll_create: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(291, 0) < 0:
    raise OSError(ctypes.get_errno(), "epoll_create")
