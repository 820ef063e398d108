# expect: policy_kill
# machine: x86_64
# io_uring_setup: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(425, 8, ctypes.create_string_buffer(200)) < 0:
    raise OSError(ctypes.get_errno(), "io_uring_setup")
