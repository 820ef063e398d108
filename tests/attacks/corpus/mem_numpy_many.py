# expect: memory | cpu_timeout
# Many arrays of 64 MiB, every page touched.
import numpy as np

keep = [np.ones(8 << 20) for _ in range(1000)]
