# expect: policy_kill
# machine: x86_64
# never-without: seccomp
# mount: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(165, b"none", b"/", b"tmpfs", 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "mount")
