# expect: exception
# machine: x86_64
# never-without: seccomp
# rt_sigqueueinfo: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(129, 1, 9, ctypes.create_string_buffer(128)) < 0:
    raise OSError(ctypes.get_errno(), "rt_sigqueueinfo")
