# expect: bad_output
# Two documents.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[[0, 1.0]], 0.0]]]]}' * 2)
os._exit(0)
