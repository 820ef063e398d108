# expect: exception
# Reads a file through an include in OpenQASM.
from qiskit import qasm2

qasm2.loads('OPENQASM 2.0; include "@CANARY@";', include_path=("/",))
