"""Fused bonds are the same unitary with fewer cx."""

from __future__ import annotations

from itertools import chain, combinations, permutations

import pytest

from loop.baselines.bonds import BONDS, fuse_bonds
from quantum.canonical import canonical_hash
from quantum.circuit import Angle, Circuit, Gate
from quantum.metrics import metrics

PARTS = list(chain.from_iterable(permutations(part) for k in (1, 2, 3) for part in combinations(BONDS, k)))


@pytest.mark.parametrize("names", PARTS)
def test_rotations_on_one_pair(names: tuple[str, ...]) -> None:
    from qiskit.quantum_info import Operator

    pairs = [(0, 1), (1, 0)]
    gates = [Gate(name, pairs[k % 2], (Angle(((k, 1.0),)),)) for k, name in enumerate(names)]
    circuit = Circuit(2, len(names), tuple(gates))
    fused = fuse_bonds(circuit)
    theta = (0.37, -1.21, 0.83)[: len(names)]
    assert Operator(fused.to_qiskit(theta)).equiv(Operator(circuit.to_qiskit(theta)))
    assert metrics(fused).two_qubit_gates == max(2, len(names))


def test_other_gates_stay_and_part_the_rows() -> None:
    angle = (Angle(((0, 1.0),)),)
    bond = Gate("rxx", (0, 1), angle), Gate("ryy", (0, 1), angle)
    gates = (*bond, Gate("h", (2,)), *bond, bond[0], Gate("rzz", (1, 2), angle))
    circuit = Circuit(3, 1, gates)
    fused = fuse_bonds(circuit)
    assert canonical_hash(fused) == canonical_hash(circuit)
    assert metrics(fused).two_qubit_gates < metrics(circuit).two_qubit_gates
    assert [gate.name for gate in fused.gates if gate.name in BONDS] == ["rxx", "rzz"]
    assert Gate("h", (2,)) in fused.gates
