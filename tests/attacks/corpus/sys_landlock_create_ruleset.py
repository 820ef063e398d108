# expect: exception
# machine: x86_64
# landlock_create_ruleset: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(444, 0, 0, 1) < 0:
    raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
