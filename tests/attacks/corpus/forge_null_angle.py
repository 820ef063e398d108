# expect: bad_output
# An angle that is no finite number below 1e6.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["ry", [0], [[[], null]]]]}'.encode())
os._exit(0)
