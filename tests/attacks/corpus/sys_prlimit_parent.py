# expect: exception
# machine: x86_64
# prlimit_parent by its raw number: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(302, 0, 7, ctypes.create_string_buffer(16), 0) < 0:
    raise OSError(ctypes.get_errno(), "prlimit_parent")
