# expect: memory
# A 16 GiB array.
import numpy as np

np.ones(2 << 30)
