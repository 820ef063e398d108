# expect: exception
# machine: x86_64
# set_mempolicy: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(238, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "set_mempolicy")
