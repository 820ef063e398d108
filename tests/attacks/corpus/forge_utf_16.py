# expect: bad_output
# Another encoding.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[[0, 1.0]], 0.0]]]]}'.encode('utf-16'))
os._exit(0)
