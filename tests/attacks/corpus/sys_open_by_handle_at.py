# expect: exception
# machine: x86_64
# open_by_handle_at: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(304, -1, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "open_by_handle_at")
