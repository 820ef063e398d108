# expect: bad_output
# No qubits.
import os

os.write(3, b'{"num_qubits": 0, "num_parameters": 0, "gates": []}')
os._exit(0)
