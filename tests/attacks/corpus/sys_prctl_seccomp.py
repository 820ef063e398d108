# expect: exception
# machine: x86_64
# prctl_seccomp: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(157, 22, 1, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "prctl_seccomp")
