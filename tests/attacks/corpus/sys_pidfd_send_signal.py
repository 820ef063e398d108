# expect: policy_kill
# machine: x86_64
# pidfd_send_signal: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(424, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "pidfd_send_signal")
