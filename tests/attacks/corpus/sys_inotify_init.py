# expect: exception
# machine: x86_64
# inotify_init: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(253) < 0:
    raise OSError(ctypes.get_errno(), "inotify_init")
