# expect: exception
# Ask the C library for random bytes.
import ctypes

assert ctypes.CDLL(None).getrandom(ctypes.create_string_buffer(8), 8, 0) == 8
