# expect: bad_output
# 10^9 qubits.
import os

os.write(3, b'{"num_qubits": 1000000000, "num_parameters": 0, "gates": []}')
os._exit(0)
