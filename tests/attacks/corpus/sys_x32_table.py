# expect: policy_kill
# machine: x86_64
# getpid through the x32 table.
import ctypes

ctypes.CDLL(None).syscall(0x40000000 | 39)
