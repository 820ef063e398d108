# expect: bad_output
# A gate that is not in the table.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["unitary", [0], []]]}'.encode())
os._exit(0)
