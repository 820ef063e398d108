# expect: policy_kill
# machine: x86_64
# never-without: seccomp
# swapon: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(167, b"/nowhere", 0) < 0:
    raise OSError(ctypes.get_errno(), "swapon")
