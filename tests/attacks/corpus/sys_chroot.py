# expect: exception
# machine: x86_64
# chroot: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(161, b"/") < 0:
    raise OSError(ctypes.get_errno(), "chroot")
