# expect: bad_output
# A qubit that is no index.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["x", [true], []]]}'.encode())
os._exit(0)
