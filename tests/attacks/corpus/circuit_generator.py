# expect: not_a_circuit
# A generator.
def create_ansatz(num_qubits):
    yield
