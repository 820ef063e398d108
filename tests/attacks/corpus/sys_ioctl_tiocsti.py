# expect: exception
# machine: x86_64
# ioctl_tiocsti: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(16, 0, 0x5412, b"x") < 0:
    raise OSError(ctypes.get_errno(), "ioctl_tiocsti")
