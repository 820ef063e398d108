# expect: exception
# machine: x86_64
# shmget: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(29, 0, 4096, 0o1600) < 0:
    raise OSError(ctypes.get_errno(), "shmget")
