# expect: exception | not_a_circuit | no_output
# Replaces isinstance for everybody.
import builtins

builtins.isinstance = lambda *_: True


def create_ansatz(num_qubits):
    return 3
