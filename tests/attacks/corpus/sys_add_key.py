# expect: policy_kill
# machine: x86_64
# add_key: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(248, b"user", b"attack", b"x", 1, -3) < 0:
    raise OSError(ctypes.get_errno(), "add_key")
