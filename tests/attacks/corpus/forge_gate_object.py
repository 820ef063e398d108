# expect: bad_output
# An object in the place of a gate.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [{"name": "x"}]}'.encode())
os._exit(0)
