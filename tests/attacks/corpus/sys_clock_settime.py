# expect: exception
# machine: x86_64
# never-without: seccomp
# clock_settime: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(227, 0, ctypes.create_string_buffer(16)) < 0:
    raise OSError(ctypes.get_errno(), "clock_settime")
