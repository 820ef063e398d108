# expect: policy_kill
# machine: x86_64
# fsopen: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(430, b"tmpfs", 0) < 0:
    raise OSError(ctypes.get_errno(), "fsopen")
