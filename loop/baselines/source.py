"""Code for a baseline's circuits, so that its attempts are stored, exported and verified as any other."""

from __future__ import annotations

from collections.abc import Sequence

from quantum.circuit import Circuit
from quantum.formats import to_python

_END_OF_IMPORTS = "\n\n\n"


def source(circuits: Sequence[Circuit]) -> str:
    """A `create_ansatz` for these circuits, one a size. Several sizes make a table by size, which only a run whose
    `reward.allow_instance_specific` is on accepts."""
    if len(circuits) == 1:
        return to_python(circuits[0])
    imports, _, _ = to_python(circuits[0]).partition(_END_OF_IMPORTS)
    functions = []
    for circuit in circuits:
        _, _, function = to_python(circuit).partition(_END_OF_IMPORTS)
        functions.append(function.replace("def create_ansatz(", f"def ansatz_{circuit.num_qubits}(").rstrip())
    table = ", ".join(f"{c.num_qubits}: ansatz_{c.num_qubits}" for c in circuits)
    chosen = f"def create_ansatz(num_qubits):\n    return {{{table}}}[num_qubits](num_qubits)\n"
    return _END_OF_IMPORTS.join([imports, *functions, chosen])
