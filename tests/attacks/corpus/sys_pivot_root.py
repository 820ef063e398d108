# expect: policy_kill
# machine: x86_64
# never-without: seccomp
# pivot_root: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(155, b".", b".") < 0:
    raise OSError(ctypes.get_errno(), "pivot_root")
