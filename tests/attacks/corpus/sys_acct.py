# expect: exception
# machine: x86_64
# never-without: seccomp
# acct: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(163, b"/x") < 0:
    raise OSError(ctypes.get_errno(), "acct")
