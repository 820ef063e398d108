# expect: exception
# Loads another shared library.
import ctypes

ctypes.CDLL("libsqlite3.so.0")
