# expect: policy_kill
# machine: x86_64
# perf_event_open: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(298, ctypes.create_string_buffer(200), 0, -1, -1, 0) < 0:
    raise OSError(ctypes.get_errno(), "perf_event_open")
