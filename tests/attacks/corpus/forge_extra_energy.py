# expect: bad_output
# An extra key.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": 0, "gates": [], "energy": -1e9}')
os._exit(0)
