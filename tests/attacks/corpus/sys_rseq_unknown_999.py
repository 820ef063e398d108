# expect: exception
# machine: x86_64
# rseq_unknown_999: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(999) < 0:
    raise OSError(ctypes.get_errno(), "rseq_unknown_999")
