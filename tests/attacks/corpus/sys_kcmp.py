# expect: exception
# machine: x86_64
# kcmp: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(312, 0, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "kcmp")
