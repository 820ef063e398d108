# expect: policy_kill | crash | exception
# machine: x86_64
# Finds `int 0x80` in the loaded libraries and jumps to it: the 32-bit table.
import ctypes

libc = ctypes.CDLL(None)
start = ctypes.cast(libc.getpid, ctypes.c_void_p).value & ~0xFFF
text = ctypes.string_at(start, 300_000)
at = text.find(b"\xcd\x80")
if at < 0:
    raise OSError("no such bytes here")
ctypes.CFUNCTYPE(ctypes.c_int)(start + at)()
