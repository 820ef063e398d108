# expect: ok
# A hand-written document: it is simply that circuit.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[[0, 1.0]], 0.0]]]]}')
os._exit(0)
