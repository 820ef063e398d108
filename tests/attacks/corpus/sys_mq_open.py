# expect: exception
# machine: x86_64
# mq_open: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(240, b"attack", 0o102, 0o600, 0) < 0:
    raise OSError(ctypes.get_errno(), "mq_open")
