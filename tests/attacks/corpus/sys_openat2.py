# expect: exception
# machine: x86_64
# openat2 by its raw number: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(437, -100, b"/etc/passwd", ctypes.create_string_buffer(24), 24) < 0:
    raise OSError(ctypes.get_errno(), "openat2")
