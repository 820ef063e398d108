# expect: exception
# machine: x86_64
# pkey_mprotect: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(329, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "pkey_mprotect")
