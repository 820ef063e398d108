# expect: exception
# machine: x86_64
# signalfd: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(289, -1, ctypes.create_string_buffer(8), 8, 0) < 0:
    raise OSError(ctypes.get_errno(), "signalfd")
