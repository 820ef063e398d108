# expect: not_a_circuit
# Returns nothing.
def create_ansatz(num_qubits):
    pass
