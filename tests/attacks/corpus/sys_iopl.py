# expect: policy_kill
# machine: x86_64
# never-without: seccomp
# iopl: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(172, 3) < 0:
    raise OSError(ctypes.get_errno(), "iopl")
