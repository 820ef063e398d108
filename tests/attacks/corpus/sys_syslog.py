# expect: exception
# machine: x86_64
# never-without: seccomp
# syslog: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(103, 3, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "syslog")
