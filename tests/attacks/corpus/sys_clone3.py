# expect: exception
# clone3, whose arguments no filter can see: not there at all (ENOSYS).
import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(435, ctypes.create_string_buffer(88), 88) < 0:
    assert ctypes.get_errno() == errno.ENOSYS
    raise OSError("clone3")
