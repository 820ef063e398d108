# expect: exception
# machine: x86_64
# Read the time by raw system calls.
import ctypes

libc = ctypes.CDLL(None)
pair = (ctypes.c_long * 2)()
assert [number for number in (228, 96, 201) if libc.syscall(number, 0, pair) != -1] or any(pair)
