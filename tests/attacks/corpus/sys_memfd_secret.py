# expect: exception
# machine: x86_64
# memfd_secret: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(447, 0) < 0:
    raise OSError(ctypes.get_errno(), "memfd_secret")
