# expect: exception
# machine: x86_64
# Read how long the machine has been up (raw sysinfo).
import ctypes

assert ctypes.CDLL(None).syscall(99, (ctypes.c_long * 64)()) == 0
