# expect: exception
# machine: x86_64
# Ask the kernel for random bytes (raw getrandom).
import ctypes

assert ctypes.CDLL(None).syscall(318, ctypes.create_string_buffer(8), 8, 0) == 8
