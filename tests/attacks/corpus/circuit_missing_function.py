# expect: no_function
# Defines another function.
def create_circuit(num_qubits):
    pass


del create_circuit  # create_ansatz
