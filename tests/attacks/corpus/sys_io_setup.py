# expect: exception
# machine: x86_64
# io_setup: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(206, 1, ctypes.create_string_buffer(8)) < 0:
    raise OSError(ctypes.get_errno(), "io_setup")
