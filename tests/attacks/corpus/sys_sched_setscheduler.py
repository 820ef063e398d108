# expect: exception
# machine: x86_64
# sched_setscheduler: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(144, 0, 0, ctypes.create_string_buffer(8)) < 0:
    raise OSError(ctypes.get_errno(), "sched_setscheduler")
