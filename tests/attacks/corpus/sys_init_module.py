# expect: policy_kill
# machine: x86_64
# never-without: seccomp
# init_module: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(175, b"x", 1, b"") < 0:
    raise OSError(ctypes.get_errno(), "init_module")
