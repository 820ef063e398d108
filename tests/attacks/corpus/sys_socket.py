# expect: exception
# machine: x86_64
# socket: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(41, 2, 1, 0) < 0:
    raise OSError(ctypes.get_errno(), "socket")
