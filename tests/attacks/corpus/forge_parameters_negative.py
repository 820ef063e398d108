# expect: bad_output
# A negative number of parameters.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": -1, "gates": []}')
os._exit(0)
