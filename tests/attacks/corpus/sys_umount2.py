# expect: policy_kill
# machine: x86_64
# never-without: seccomp
# umount2: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(166, b"/proc", 2) < 0:
    raise OSError(ctypes.get_errno(), "umount2")
