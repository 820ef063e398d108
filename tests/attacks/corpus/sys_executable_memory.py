# expect: exception
# Asks for memory that is writable and executable.
import mmap

mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
