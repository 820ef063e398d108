# expect: bad_output
# A name that is half a character.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["\\ud800", [0], []]]}'.encode())
os._exit(0)
