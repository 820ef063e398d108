# expect: exception
# machine: x86_64
# seccomp_strict: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(317, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "seccomp_strict")
