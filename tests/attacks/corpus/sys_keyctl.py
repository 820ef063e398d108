# expect: policy_kill
# machine: x86_64
# keyctl: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(250, 0, -1, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "keyctl")
