"""Circuits and Hamiltonians that the engine's tests share: seeded random ones, and the textbook ansaetze."""

from __future__ import annotations

import math

import numpy as np

from quantum.circuit import GATES, Angle, Circuit, Gate
from quantum.hamiltonians import Hamiltonian

CONSTANTS = (0.0, 0.0, math.pi / 2, -math.pi, 3 * math.pi / 2, 0.7, -0.3)


def parameter(index: int, coefficient: float = 1.0, constant: float = 0.0) -> Angle:
    return Angle(((index, coefficient),), constant)


def random_angle(rng: np.random.Generator, num_parameters: int) -> Angle:
    """Affine in up to two parameters, most of them shared with other gates; one in five is a constant."""
    count = 0 if rng.random() < 0.2 else int(rng.integers(1, 3))
    indices = sorted(int(i) for i in rng.permutation(num_parameters)[:count])
    terms = tuple((i, float(rng.choice([1.0, -1.0, 2.0, 0.5, -0.3]))) for i in indices)
    return Angle(terms, float(rng.choice(CONSTANTS)))


def random_circuit(
    rng: np.random.Generator, num_qubits: int, num_gates: int = 40, num_parameters: int = 7, names: tuple[str, ...] = ()
) -> Circuit:
    """Any gates of the closed table (or of `names`) on any qubits."""
    choices = [name for name in names or GATES if GATES[name].num_qubits <= num_qubits]
    gates = []
    for name in rng.choice(choices, num_gates):
        qubits = tuple(int(q) for q in rng.permutation(num_qubits)[: GATES[name].num_qubits])
        angles = tuple(random_angle(rng, num_parameters) for _ in range(GATES[name].num_angles))
        gates.append(Gate(str(name), qubits, angles))
    return Circuit(num_qubits, num_parameters, tuple(gates))


def random_hamiltonian(rng: np.random.Generator, num_qubits: int, num_terms: int = 12) -> Hamiltonian:
    """Random labels (Y as likely as X and Z) with normal coefficients: no symmetry that could hide a wrong order."""
    labels = {"".join(rng.choice(list("IXYZ"), num_qubits)) for _ in range(num_terms)}
    terms = tuple((label, float(rng.normal())) for label in sorted(labels))
    return Hamiltonian("random", num_qubits, terms)


def hardware_efficient(num_qubits: int, reps: int) -> Circuit:
    """EfficientSU2: layers of RY and RZ with linear CX ladders between them."""
    gates: list[Gate] = []
    count = 0
    for layer in range(reps + 1):
        for name in ("ry", "rz"):
            for q in range(num_qubits):
                gates.append(Gate(name, (q,), (parameter(count),)))
                count += 1
        if layer < reps:
            gates += [Gate("cx", (q, q + 1)) for q in range(num_qubits - 1)]
    return Circuit(num_qubits, count, tuple(gates))


def ising_hva(num_qubits: int, layers: int, periodic: bool) -> Circuit:
    """From |+...+>: exp(-i b ZZ) on every bond, then exp(-i g X) on every qubit, two parameters a layer."""
    gates = [Gate("h", (q,)) for q in range(num_qubits)]
    bonds = [(q, (q + 1) % num_qubits) for q in range(num_qubits if periodic else num_qubits - 1)]
    for layer in range(layers):
        gates += [Gate("rzz", bond, (parameter(2 * layer, 2.0),)) for bond in bonds]
        gates += [Gate("rx", (q,), (parameter(2 * layer + 1, 2.0),)) for q in range(num_qubits)]
    return Circuit(num_qubits, 2 * layers, tuple(gates))


def bond_hva(num_qubits: int, layers: int, couplings: tuple[str, ...], singlets: bool) -> Circuit:
    """Open chain, from Bell pairs on the bonds (0, 1), (2, 3), ...: a layer is the odd bonds, then the even bonds."""
    gates: list[Gate] = []
    for q in range(0, num_qubits, 2):
        gates += [Gate("x", (q,)), Gate("h", (q + 1,)), Gate("cx", (q + 1, q))]
        gates += [Gate("z", (q,))] if singlets else []
    for layer in range(layers):
        for first in (1, 0):
            angle = parameter(2 * layer + first, 2.0)
            for q in range(first, num_qubits - 1, 2):
                gates += [Gate(name, (q, q + 1), (angle,)) for name in couplings]
    return Circuit(num_qubits, 2 * layers, tuple(gates))


def dense_ground_energy(hamiltonian: Hamiltonian) -> float:
    return float(np.linalg.eigvalsh(hamiltonian.operator.to_matrix())[0])
