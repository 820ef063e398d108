# expect: policy_kill
# machine: x86_64
# never-without: seccomp
# kexec_load: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(246, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "kexec_load")
