# expect: exception
# machine: x86_64
# sendfile: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(40, 3, 0, 0, 1) < 0:
    raise OSError(ctypes.get_errno(), "sendfile")
