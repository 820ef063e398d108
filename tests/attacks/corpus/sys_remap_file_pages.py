# expect: exception
# machine: x86_64
# remap_file_pages: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(216, 0, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "remap_file_pages")
