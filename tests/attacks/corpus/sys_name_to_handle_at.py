# expect: exception
# machine: x86_64
# name_to_handle_at: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(303, -100, b"/", ctypes.create_string_buffer(200), 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "name_to_handle_at")
