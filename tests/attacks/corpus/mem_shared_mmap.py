# expect: memory
# 16 GiB of shared memory, which no resident-size limit counts.
import mmap

mmap.mmap(-1, 16 << 30)
