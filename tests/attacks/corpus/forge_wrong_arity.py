# expect: bad_output
# A gate on too many qubits.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["x", [0, 1], []]]}'.encode())
os._exit(0)
