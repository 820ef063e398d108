# expect: exception
# Read the time by the C library.
import ctypes

libc = ctypes.CDLL(None)
pair = (ctypes.c_long * 2)()
libc.clock_gettime(0, pair)
assert any(pair) or libc.time(None) or libc.clock()
