# expect: bad_output
# A coefficient that is no number.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[[0, NaN]], 0.0]]]]}'.encode())
os._exit(0)
