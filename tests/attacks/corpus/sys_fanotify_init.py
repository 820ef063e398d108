# expect: exception
# machine: x86_64
# fanotify_init: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(300, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "fanotify_init")
