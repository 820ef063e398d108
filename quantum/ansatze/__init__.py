"""Known parametrised circuits, one kind of them a file; each yields `Family` entries for a number of qubits."""
