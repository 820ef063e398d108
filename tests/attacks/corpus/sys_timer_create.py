# expect: exception
# machine: x86_64
# timer_create: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(222, 0, 0, ctypes.create_string_buffer(8)) < 0:
    raise OSError(ctypes.get_errno(), "timer_create")
