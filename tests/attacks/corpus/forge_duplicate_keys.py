# expect: bad_output
# A key twice: the harmless value first.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": 0, "gates": [], "num_qubits": 4}')
os._exit(0)
