# expect: exception
# machine: x86_64
# prctl_pdeathsig: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(157, 1, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "prctl_pdeathsig")
