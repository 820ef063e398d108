# expect: not_a_circuit
# An async function.
async def create_ansatz(num_qubits):
    pass
