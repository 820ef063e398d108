# expect: bad_output
# A missing key.
import os

os.write(3, b'{"num_qubits": 4, "gates": []}')
os._exit(0)
