# expect: bad_output
# An angle too few.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], []]]}'.encode())
os._exit(0)
