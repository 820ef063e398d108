# expect: exception
# Reads a file through Qiskit's Rust code.
from qiskit import qasm2

qasm2.load("@CANARY@")
