# expect: crash | exception | not_a_circuit | wrong_qubits | bad_output | cpu_timeout | no_output | ok | forbidden_gate
# Overwrites the integer 1.
import ctypes

ctypes.memset(id(1) + 24, 7, 4)
