# expect: policy_kill
# machine: x86_64
# userfaultfd: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(323, 1) < 0:
    raise OSError(ctypes.get_errno(), "userfaultfd")
