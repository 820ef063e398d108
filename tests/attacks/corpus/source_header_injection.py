# expect: exception
# A first line that looks like the number of qubits.
7
1/0
