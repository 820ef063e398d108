# expect: exception
# machine: x86_64
# semget: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(64, 0, 1, 0o1600) < 0:
    raise OSError(ctypes.get_errno(), "semget")
