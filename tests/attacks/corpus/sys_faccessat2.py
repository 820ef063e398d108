# expect: exception
# machine: x86_64
# faccessat2 by its raw number: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(439, -100, b"/etc", 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "faccessat2")
