# expect: cpu_timeout | memory
# Diagonalises a 4096 x 4096 matrix.
import numpy as np

m = np.arange(4096 * 4096, dtype=float).reshape(4096, 4096)
np.linalg.eigh(m + m.T)
