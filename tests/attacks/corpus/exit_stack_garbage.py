# expect: crash
# Calls an address that is no function.
import ctypes

ctypes.CFUNCTYPE(None)(0x1234)()
