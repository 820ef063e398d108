# expect: cpu_timeout
# A busy loop inside the function.
def create_ansatz(num_qubits):
    while True:
        pass
