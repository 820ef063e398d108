# expect: bad_output
# The name of a method of QuantumCircuit.
import os

os.write(3, '{"num_qubits": 4, "num_parameters": 1, "gates": [["measure_all", [], []]]}'.encode())
os._exit(0)
