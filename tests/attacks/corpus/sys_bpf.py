# expect: policy_kill
# machine: x86_64
# bpf: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(321, 0, ctypes.create_string_buffer(200), 120) < 0:
    raise OSError(ctypes.get_errno(), "bpf")
