# expect: crash
# Frees what was never allocated.
import ctypes

ctypes.CDLL(None).free(ctypes.c_void_p(0x1000))
