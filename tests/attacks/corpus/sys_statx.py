# expect: exception
# machine: x86_64
# statx by its raw number: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(332, -100, b"/etc", 0, 0xfff, ctypes.create_string_buffer(256)) < 0:
    raise OSError(ctypes.get_errno(), "statx")
