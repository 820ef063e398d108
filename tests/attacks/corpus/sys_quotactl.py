# expect: exception
# machine: x86_64
# never-without: seccomp
# quotactl: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(179, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "quotactl")
