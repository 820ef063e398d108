# expect: policy_kill
# machine: x86_64
# process_vm_readv: killed on sight.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(310, 1, 0, 0, 0, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "process_vm_readv")
