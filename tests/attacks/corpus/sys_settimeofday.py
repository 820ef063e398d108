# expect: exception
# machine: x86_64
# never-without: seccomp
# settimeofday: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(164, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "settimeofday")
