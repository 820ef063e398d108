# expect: bad_output
# A negative parameter.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[[-1, 1.0]], 0.0]]]]}'.encode())
os._exit(0)
