# expect: bad_output
# A gate on one qubit twice.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["cx", [1, 1], []]]}'.encode())
os._exit(0)
