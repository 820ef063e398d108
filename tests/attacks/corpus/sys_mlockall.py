# expect: exception
# machine: x86_64
# mlockall: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(151, 1) < 0:
    raise OSError(ctypes.get_errno(), "mlockall")
