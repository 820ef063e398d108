# expect: bad_output
# A byte order mark.
import os

os.write(3, b'\xef\xbb\xbf{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[[0, 1.0]], 0.0]]]]}')
os._exit(0)
