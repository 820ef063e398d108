# expect: bad_output
# An integer of 10^5 digits.
import os

os.write(3, b'{"num_qubits": 4, "num_parameters": 0, "gates": ' + b'9' * 100_000 + b'}')
os._exit(0)
