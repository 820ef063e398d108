# expect: exception
# machine: x86_64
# prlimit_pointer_high_word by its raw number: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(302, 0, 7, ctypes.c_void_p(0x100000000), 0) < 0:
    raise OSError(ctypes.get_errno(), "prlimit_pointer_high_word")
