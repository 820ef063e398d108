# expect: exception
# machine: x86_64
# never-without: seccomp
# sethostname: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(170, b"x", 1) < 0:
    raise OSError(ctypes.get_errno(), "sethostname")
