# expect: policy_kill
# machine: x86_64
# personality: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(135, 0x0040000) < 0:
    raise OSError(ctypes.get_errno(), "personality")
