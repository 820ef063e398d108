# expect: exception
# machine: x86_64
# Read which core this runs on (raw getcpu).
import ctypes

assert ctypes.CDLL(None).syscall(309, (ctypes.c_long * 2)(), None, None) == 0
