# expect: policy_kill
# machine: x86_64
# move_mount: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(429, -1, b"/a", -1, b"/b", 0) < 0:
    raise OSError(ctypes.get_errno(), "move_mount")
