# expect: exception
# machine: x86_64
# creat by its raw number: denied.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(85, b"@FOLDER@/attack", 0o600) < 0:
    raise OSError(ctypes.get_errno(), "creat")
