# expect: exception
# machine: x86_64
# newfstatat_empty_path by its raw number: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(262, -100, b"/etc", ctypes.create_string_buffer(256), 0x1000) < 0:
    raise OSError(ctypes.get_errno(), "newfstatat_empty_path")
