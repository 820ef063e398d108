# expect: bad_output
# A list in the place of a name.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [[["x"], [0], []]]}'.encode())
os._exit(0)
