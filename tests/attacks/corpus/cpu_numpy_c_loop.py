# expect: cpu_timeout
# A long loop inside one numpy call.
import numpy as np

a = np.arange(1, 3_000_001, dtype=float)
for _ in range(10_000):
    a = np.sqrt(a * a + 1e-9)
