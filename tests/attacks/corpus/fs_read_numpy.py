# expect: exception
# Reads a file through numpy's C code.
import numpy as np

np.fromfile("@CANARY@", dtype=np.uint8)
