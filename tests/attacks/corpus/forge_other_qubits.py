# expect: wrong_qubits
# A valid document with another number of qubits.
import os

os.write(3, b'{"num_qubits": 3, "num_parameters": 0, "gates": []}')
os._exit(0)
