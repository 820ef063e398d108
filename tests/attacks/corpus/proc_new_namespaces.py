# expect: policy_kill
# Makes a user namespace of its own.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x10000000) < 0:
    raise OSError(ctypes.get_errno(), "unshare")
