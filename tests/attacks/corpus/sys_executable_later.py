# expect: exception
# Writes machine code first and makes the page executable afterwards.
import ctypes
import mmap

page = mmap.mmap(-1, 4096)
page.write(b"\xc3")
libc = ctypes.CDLL(None, use_errno=True)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
if libc.mprotect(ctypes.c_void_p(address), 4096, 5) < 0:
    raise OSError(ctypes.get_errno(), "mprotect")
