# expect: exception
# machine: x86_64
# clone by its raw number with a thread's flags.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(56, 0x00010F00, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "clone")
