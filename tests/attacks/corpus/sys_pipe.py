# expect: exception
# machine: x86_64
# pipe: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(22, ctypes.create_string_buffer(8)) < 0:
    raise OSError(ctypes.get_errno(), "pipe")
