# expect: bad_output
# 20,001 gates.
import os

os.write(3, ('{"num_qubits": 4, "num_parameters": 0, "gates": [' + ",".join(['["x",[0],[]]'] * 20001) + "]}").encode())
os._exit(0)
