# expect: bad_output
# 10^9 parameters.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": 1000000000, "gates": []}')
os._exit(0)
