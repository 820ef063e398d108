"""The Pauli-rotation normal form: gate tables against Qiskit's matrices, and what each reduction may drop."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import pytest
from qiskit.quantum_info import Operator

from quantum.circuit import GATES, Angle, Circuit, Gate
from quantum.clifford_frame import GATE_STEPS
from quantum.hamiltonians import Hamiltonian, build_hamiltonian
from quantum.program import compile_program
from tests.quantum.engine_cases import ising_hva, parameter

PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def rotations_matrix(name: str, angles: list[float]) -> np.ndarray:
    """The product of the table's rotations as a matrix, the gate's first qubit the least significant."""
    size = 2 ** GATES[name].num_qubits
    matrix = np.eye(size)
    for step in GATE_STEPS[name]:
        pauli = reduce(np.kron, [PAULIS[character] for character in reversed(step.paulis)])
        angle = step.factor * (1.0 if step.angle is None else angles[step.angle])
        matrix = (math.cos(angle / 2) * np.eye(size) - 1j * math.sin(angle / 2) * pauli) @ matrix
    return matrix


def one_qubit(*gates: Gate, parameters: int) -> Circuit:
    return Circuit(max(q for g in gates for q in g.qubits) + 1, parameters, gates)


X_AND_Z = Hamiltonian("x and z", 1, (("X", 1.0), ("Z", 0.5)))


def test_every_gate_of_the_table_has_steps() -> None:
    assert set(GATE_STEPS) == set(GATES)


@pytest.mark.parametrize("name", GATES)
def test_steps_are_the_gate_up_to_a_phase(name: str) -> None:
    kind = GATES[name]
    angles = [0.83, -1.7, 2.9][: kind.num_angles]
    gate = Gate(name, tuple(range(kind.num_qubits)), tuple(Angle((), angle) for angle in angles))
    truth = Operator(Circuit(kind.num_qubits, 0, (gate,)).to_qiskit(())).data
    overlap = np.trace(truth.conj().T @ rotations_matrix(name, angles)) / len(truth)
    assert abs(overlap) == pytest.approx(1.0, abs=1e-13)


def test_clifford_gates_and_quarter_turns_leave_no_rotation() -> None:
    gates = [Gate(name, tuple(range(kind.num_qubits))) for name, kind in GATES.items() if kind.num_angles == 0]
    gates = [gate for gate in gates if gate.name not in ("t", "tdg")]
    gates += [Gate("rx", (0,), (Angle((), turns * math.pi / 2),)) for turns in (-3, 1, 2, 4)]
    program = compile_program(Circuit(2, 0, tuple(gates)), build_hamiltonian("tfim", 2))
    assert program.num_rotations == 0
    assert program.rank == 0


def test_a_constant_that_is_no_quarter_turn_stays() -> None:
    circuit = one_qubit(Gate("rx", (0,), (Angle((), math.pi / 2 + 1e-9),)), parameters=0)
    assert compile_program(circuit, X_AND_Z).num_rotations == 1


def test_equal_rotations_merge_across_commuting_ones_only() -> None:
    a, b, c = (parameter(k) for k in range(3))
    zz = Hamiltonian("zz", 2, (("ZX", 1.0), ("XZ", 0.3)))
    merged = Circuit(2, 3, (Gate("rx", (0,), (a,)), Gate("rx", (1,), (b,)), Gate("rx", (0,), (c,))))
    apart = Circuit(2, 3, (Gate("rx", (0,), (a,)), Gate("rz", (0,), (b,)), Gate("rx", (0,), (c,))))
    assert compile_program(merged, zz).num_rotations == 2
    assert compile_program(apart, zz).num_rotations == 3


def test_opposite_rotations_cancel() -> None:
    gates = Gate("rx", (0,), (parameter(0),)), Gate("rx", (0,), (parameter(0, -1.0),))
    program = compile_program(one_qubit(*gates, parameters=1), X_AND_Z)
    assert program.num_rotations == 0
    assert program.generator_norms.tolist() == [0.0]


def test_multipliers_that_cancel_but_for_rounding_are_dead() -> None:
    gates = [Gate("ry", (0,), (parameter(0, coefficient),)) for coefficient in (0.1, 0.2, -0.3)]
    program = compile_program(one_qubit(Gate("rx", (0,), (parameter(1),)), *gates, parameters=2), X_AND_Z)
    assert program.generator_norms.tolist() == [0.0, 1.0]


def test_diagonal_rotations_gather_where_they_commute() -> None:
    gates = [
        gate for q in range(3) for gate in (Gate("ry", (q,), (parameter(q),)), Gate("rz", (q,), (parameter(3 + q),)))
    ]
    program = compile_program(Circuit(3, 6, tuple(gates)), build_hamiltonian("tfim", 3))
    assert (program.rotations[:, 0] == 0).tolist() == [False] * 3 + [True] * 3


def test_a_phase_on_the_initial_state_is_dropped() -> None:
    gates = Gate("rz", (0,), (parameter(0),)), Gate("ry", (0,), (parameter(1),))
    assert compile_program(one_qubit(*gates, parameters=2), X_AND_Z).generator_norms.tolist() == [0.0, 1.0]


def test_a_circuit_that_keeps_a_parity_runs_in_its_sector() -> None:
    program = compile_program(ising_hva(6, 3, periodic=True), build_hamiltonian("tfim", 6, boundary="periodic"))
    assert program.rank == 5
    assert program.table.shape[0] == 32


def test_rotations_act_only_as_far_as_the_state_reaches() -> None:
    gates = tuple(Gate("ry", (q,), (parameter(q),)) for q in range(4))
    program = compile_program(Circuit(4, 4, gates), build_hamiltonian("tfim", 4))
    assert program.rotations[:, 2].tolist() == [1, 2, 3, 4]


def test_generator_norms() -> None:
    crx = one_qubit(Gate("h", (0,)), Gate("crx", (0, 1), (parameter(0),)), parameters=1)
    two = Circuit(2, 1, (Gate("rx", (0,), (parameter(0),)), Gate("rx", (1,), (parameter(0, 3.0),))))
    twice = Circuit(2, 1, (Gate("rx", (0,), (parameter(0),)), Gate("rx", (0,), (parameter(0),))))
    hamiltonian = build_hamiltonian("tfim", 2)
    norms = [float(compile_program(circuit, hamiltonian).generator_norms[0]) for circuit in (crx, two, twice)]
    assert norms == pytest.approx([math.sqrt(0.5), math.sqrt(10.0), 2.0])


def test_numbers_of_qubits_must_agree() -> None:
    with pytest.raises(ValueError, match="2 qubits for a Hamiltonian on 3"):
        compile_program(Circuit(2, 0, ()), build_hamiltonian("tfim", 3))


def test_the_kept_program_is_the_asked_one() -> None:
    first, second = (Circuit(1, 1, (Gate(name, (0,), (parameter(0),)),)) for name in ("rx", "ry"))
    kept = compile_program(first, X_AND_Z)
    assert compile_program(first, X_AND_Z) is kept
    assert compile_program(second, X_AND_Z) is not kept
    assert compile_program(first, Hamiltonian("z", 1, (("Z", 1.0),))).table.max() == 1.0
