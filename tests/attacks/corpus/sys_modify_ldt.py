# expect: policy_kill
# machine: x86_64
# modify_ldt: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(154, 0, ctypes.create_string_buffer(100), 100) < 0:
    raise OSError(ctypes.get_errno(), "modify_ldt")
