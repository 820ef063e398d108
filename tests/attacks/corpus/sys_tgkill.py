# expect: exception
# machine: x86_64
# never-without: seccomp
# tgkill: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(234, 0, 0, 9) < 0:
    raise OSError(ctypes.get_errno(), "tgkill")
