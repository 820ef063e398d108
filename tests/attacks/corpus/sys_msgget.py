# expect: exception
# machine: x86_64
# msgget: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(68, 0, 0o1600) < 0:
    raise OSError(ctypes.get_errno(), "msgget")
