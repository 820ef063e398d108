# expect: wall_timeout
# wall: 0.35
# A whole document, then a sleep: the document does not count.
import os
import time

os.write(3, b'{"num_qubits": 4, "num_parameters": 0, "gates": []}')
os.close(3)
time.sleep(100)
