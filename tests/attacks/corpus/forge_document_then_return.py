# expect: bad_output
# Writes a document of its own and lets the honest one follow.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[[0, 1.0]], 0.0]]]]}')
