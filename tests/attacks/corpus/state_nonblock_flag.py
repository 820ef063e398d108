# expect: exception
# Leave a bit in the flags of the shared null device, by os.set_blocking.
import os

os.set_blocking(0, False)
