# expect: exception
# machine: x86_64
# vfork by its raw number.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(58) < 0:
    raise OSError(ctypes.get_errno(), "vfork")
