# expect: policy_kill
# machine: x86_64
# ptrace: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(101, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "ptrace")
