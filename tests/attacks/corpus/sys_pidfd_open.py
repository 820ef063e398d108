# expect: policy_kill
# machine: x86_64
# pidfd_open: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(434, 1, 0) < 0:
    raise OSError(ctypes.get_errno(), "pidfd_open")
