# expect: policy_kill
# machine: x86_64
# setns: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(308, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "setns")
