# expect: wall_timeout
# wall: 0.35
# Half a document, then a sleep.
import os
import time

os.write(3, b'{"num_qubits": 4, "num_par')
time.sleep(100)
