"""Counts against Qiskit's own transpile and against circuits counted by hand."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import transpile
from sympy import ZZ
from sympy.polys.matrices import DomainMatrix

from quantum.ansatze import hva, pair_excitation, two_local
from quantum.circuit import Angle, Circuit
from quantum.hamiltonians import build_hamiltonian
from quantum.metrics import Metrics, metrics
from quantum.single_qubit import Run
from tests.quantum.drawn_circuits import circuit_of, circuits, theta
from tests.quantum.engine_cases import ising_hva
from tests.quantum.test_state_form import SPELLINGS, layers, respelt

T = theta(0)
RUN_ANGLES = (
    T,
    theta(1),
    theta(2),
    theta(0, -1.0),
    *(Angle((), k * math.pi / 2) for k in (1, 2, 3)),
    theta(1, 2.0, 0.3),
)
_GENERATOR = random.Random(0)
OLD_POINT = [_GENERATOR.uniform(0.3, 1.2) for _ in range(24)]
"""A fixed, public point: counted there, an angle that vanishes at it would cost nothing."""


def layered(num_qubits: int, reps: int) -> Circuit:
    """EfficientSU2: ry, rz on every qubit, a line of cx between layers."""
    rows: list[tuple[object, ...]] = []
    for block in range(reps + 1):
        first = 2 * num_qubits * block
        rows += [("ry", (q,), theta(first + q)) for q in range(num_qubits)]
        rows += [("rz", (q,), theta(first + num_qubits + q)) for q in range(num_qubits)]
        rows += [("cx", (q, q + 1)) for q in range(num_qubits - 1)] if block < reps else []
    return circuit_of(num_qubits, 2 * num_qubits * (reps + 1), *rows)


BASIS = ["rx", "ry", "rz", "cx"]
DIAGONAL = ("z", "s", "sdg", "t", "tdg", "rz", "p")


def transpiled(circuit: Circuit, seed: int = 1) -> tuple[int, int, int, int]:
    """What Qiskit leaves at a point that nobody knew when the circuit was written, less diagonal gates on |0>."""
    fresh = set(range(circuit.num_qubits))
    kept = []
    for gate in circuit.gates:
        if not (gate.qubits[0] in fresh and gate.name in DIAGONAL):
            fresh -= set(gate.qubits)
            kept.append(gate)
    point = np.random.default_rng(seed).uniform(0.3, 6.0, circuit.num_parameters)
    bound = Circuit(circuit.num_qubits, circuit.num_parameters, tuple(kept)).to_qiskit(point)
    found = transpile(bound, basis_gates=BASIS, optimization_level=1)
    two = found.count_ops().get("cx", 0)
    return two, found.size() - two, found.depth(), found.depth(lambda instruction: len(instruction.qubits) == 2)


def counted(circuit: Circuit) -> tuple[int, int, int, int]:
    counts = metrics(circuit)
    return counts.two_qubit_gates, counts.one_qubit_gates, counts.depth, counts.two_qubit_depth


@settings(max_examples=80, deadline=None, derandomize=True)
@given(circuits(max_gates=20))
def test_counts_are_never_above_the_stated_transpile(circuit: Circuit) -> None:
    assert all(mine <= theirs for mine, theirs in zip(counted(circuit), transpiled(circuit), strict=True))


def families() -> Iterator[Circuit]:
    found = [*list(two_local.families(3))[::5], *pair_excitation.families(4)]
    found += [family for name in ("tfim", "heisenberg") for family in hva.families(build_hamiltonian(name, 4))]
    for family in found:
        yield family.build(1 if family.fixed else 2)


def test_counts_of_the_textbook_families_are_the_stated_transpiles() -> None:
    differing = [circuit for circuit in families() if counted(circuit) != transpiled(circuit)]
    assert differing == []


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from("XYZ"), st.sampled_from(RUN_ANGLES)), max_size=6))
def test_a_run_is_as_long_as_its_euler_angles_at_random_points(rows: list[tuple[str, Angle]]) -> None:
    run = Run()
    for axis, angle in rows:
        run.rotate(axis, angle)
    shortest = []
    for seed in (1, 2):
        circuit = circuit_of(1, 3, *(("r" + axis.lower(), (0,), angle) for axis, angle in rows))
        bound = circuit.to_qiskit(np.random.default_rng(seed).uniform(0.3, 6, 3))
        shortest.append(transpile(bound, basis_gates=["rx", "ry", "rz"], optimization_level=1).size())
    assert run.length == max(shortest)
    assert run.is_identity == (max(shortest) == 0)


def relations(values: Sequence[float], target: float = 0.0) -> list[list[int]]:
    """Small integers k with k . values = target * k_last: the short vectors of a lattice (Lenstra, Lenstra, Lovasz)."""
    scale = 10**13
    columns = [*values, target] if target else list(values)
    rows = [[int(i == j) for j in range(len(columns))] + [round(scale * columns[i])] for i in range(len(columns))]
    reduced = DomainMatrix([[ZZ(entry) for entry in row] for row in rows], (len(rows), len(rows) + 1), ZZ).lll()
    found = [[int(entry) for entry in row] for row in reduced.to_Matrix().tolist()]
    return [row[:-1] for row in found if abs(row[-1]) <= 10 and 0 < max(map(abs, row[:-1])) <= 8]


def test_relations_at_a_public_point_do_not_lower_a_count() -> None:
    """The point at which counts once were taken: angles that vanish there, and angles that are whole turns there."""
    count = 16
    vanishing = relations(OLD_POINT[:count])
    turning = [row for row in relations(OLD_POINT[:count], 2 * math.pi) if row[-1]]
    assert vanishing
    for row in vanishing[:2] + turning[:2]:
        angle = Angle(tuple((i, float(k)) for i, k in enumerate(row[:count]) if k))
        rows = [("ry", (q,), theta(q)) for q in range(4)] + [("rzz", (q, q + 1), angle) for q in range(3)]
        exploit = circuit_of(4, count, *rows)
        there = transpile(exploit.to_qiskit(OLD_POINT[:count]), basis_gates=BASIS, optimization_level=1)
        assert there.count_ops().get("cx", 0) == 0, "it pays where the point is known"
        assert counted(exploit)[0] == 6
        assert counted(exploit) == transpiled(exploit)


EVASIONS = {
    "inverse pair of another angle": ([("rzz", (0, 1), T), ("rzz", (0, 1), theta(1, -1))], 2),
    "inverse pair": ([("rzz", (0, 1), T), ("rzz", (1, 0), theta(0, -1))], 0),
    "a sum that cancels": ([("rzz", (0, 1), Angle(((0, 1.0),))), ("crx", (0, 1), Angle((), 4 * math.pi))], 2),
    "a nearly zero coefficient": ([("rzz", (0, 1), theta(0, 1e-12))], 2),
    "a nearly zero constant": ([("rzz", (0, 1), Angle((), 1e-12))], 2),
    "half a period of crx": ([("crx", (0, 1), Angle((), 2 * math.pi))], 2),
    "three swaps": ([("swap", (0, 1)), ("swap", (1, 0)), ("swap", (0, 1))], 3),
    "iswap twice": ([("iswap", (0, 1)), ("iswap", (0, 1))], 4),
    "cz and its reverse": ([("cz", (0, 1)), ("cz", (1, 0))], 0),
    "cx and its reverse": ([("cx", (0, 1)), ("cx", (1, 0))], 2),
    "u that is the identity at a point": (
        [("cx", (0, 1)), ("u", (1,), T, theta(1), theta(1, -1)), ("cx", (0, 1))], 2),
    "u that is the identity": (
        [("cx", (0, 1)), ("u", (1,), Angle(), theta(1), theta(1, -1)), ("cx", (0, 1))], 0),
    "a cancelling pair around a zero of the optimum": (
        [("cx", (0, 1)), ("ry", (1,), theta(0)), ("ry", (1,), theta(1)), ("cx", (0, 1))], 2),
    "parameters that cancel but for rounding": (
        [("rzz", (0, 1), theta(0, 0.1)), ("rzz", (0, 1), theta(0, 0.2)), ("rzz", (0, 1), theta(0, -0.3))], 0),
    "parameters that cancel but for little": (
        [("rzz", (0, 1), theta(0, 1.0)), ("rzz", (0, 1), theta(0, -1.0 - 1e-11))], 2),
    "nested pairs": ([("cx", (0, 1)), ("rz", (0,), T), ("cz", (0, 1)), ("cz", (1, 0)), ("rz", (0,), theta(0, -1)),
                      ("cx", (0, 1))], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", EVASIONS)
def test_two_qubit_gates_are_absent_only_where_they_are_the_identity(name: str) -> None:
    rows, two_qubit_gates = EVASIONS[name]
    circuit = circuit_of(2, 2, ("ry", (0,), T), ("ry", (1,), T), *rows)
    assert metrics(circuit).two_qubit_gates == two_qubit_gates


@pytest.mark.parametrize("spelling", [one for one in SPELLINGS if one not in ("cx on |0>", "crx on |0>")])
@pytest.mark.parametrize("circuit", [layers(4), ising_hva(4, 2, periodic=False)], ids=["layers", "hva"])
def test_no_spelling_changes_a_count(circuit: Circuit, spelling: str) -> None:
    plain, other = metrics(circuit), metrics(respelt(circuit, spelling))
    assert replace(other, frozen_angles=plain.frozen_angles) == plain


def test_many_gates_are_counted_in_linear_time() -> None:
    """20,000 gates that merge, and as many that do not: no count is quadratic in either."""
    merging = circuit_of(2, 1, *(("rx", (0,), T) for _ in range(20_000)))
    assert metrics(merging).one_qubit_gates == 1
    ladder = [("cx", (0, 1)) if k % 2 else ("t", (1,)) for k in range(20_000)]
    assert metrics(circuit_of(2, 1, *ladder)).two_qubit_gates == 10_000


@pytest.mark.parametrize(
    ("circuit", "expected"),
    [
        (circuit_of(2, 0), Metrics(0, 0, 0, 0, 0, 0)),
        (layered(4, 1), Metrics(3, 16, 7, 3, 16, 0)),
        (layered(4, 2), Metrics(6, 24, 11, 5, 24, 0)),
        (circuit_of(2, 1, ("rzz", (0, 1), T)), Metrics(2, 1, 3, 2, 0, 0)),
        (circuit_of(2, 1, ("ry", (0,), T), ("cx", (0, 1)), ("cx", (0, 1))), Metrics(0, 1, 1, 0, 1, 0)),
        (circuit_of(1, 1, ("h", (0,)), ("ry", (0,), T), ("h", (0,))), Metrics(0, 1, 1, 0, 1, 0)),
        (circuit_of(1, 2, ("ry", (0,), theta(0)), ("ry", (0,), theta(1))), Metrics(0, 1, 1, 0, 1, 0)),
        (circuit_of(1, 3, ("u", (0,), theta(0), theta(1), theta(2))), Metrics(0, 2, 2, 0, 2, 0)),
        (circuit_of(3, 0, ("swap", (0, 2))), Metrics(3, 0, 3, 3, 0, 0)),
    ],
    ids=["empty", "one layer", "two layers", "rzz", "cancelling pair", "conjugated", "merged", "euler", "swap"],
)
def test_counts_by_hand(circuit: Circuit, expected: Metrics) -> None:
    assert metrics(circuit) == expected


def test_three_interactions_on_one_pair_count_six_cx() -> None:
    rows = [(name, (0, 1), theta(k)) for k, name in enumerate(("rxx", "ryy", "rzz"))]
    assert metrics(circuit_of(2, 3, *rows)).two_qubit_gates == 6


def test_counts_ignore_names_and_values_of_parameters() -> None:
    circuit = layered(3, 2)
    last = circuit.num_parameters - 1
    rows = [(g.name, g.qubits, *(theta(last - a.terms[0][0]) for a in g.angles)) for g in circuit.gates]
    assert metrics(circuit_of(3, circuit.num_parameters, *rows)) == metrics(circuit)


def test_only_parameters_that_occur_are_counted() -> None:
    assert metrics(circuit_of(1, 5, ("ry", (0,), theta(3)), ("rz", (0,), theta(3)))).parameters == 1


@pytest.mark.parametrize(
    ("constant", "frozen"),
    [
        (0.0, 0),
        (math.pi / 8, 0),
        (-7 * math.pi / 8, 0),
        (40 * math.pi, 0),
        (0.3, 1),
        (math.pi / 8 + 1e-6, 1),
        (1e-6, 1),
    ],
)
def test_frozen_angles_are_the_constants_off_the_grid(constant: float, frozen: int) -> None:
    alone = circuit_of(1, 0, ("rx", (0,), Angle((), constant)))
    offset = circuit_of(1, 1, ("u", (0,), theta(0, 1.0, constant), T, Angle((), constant)))
    assert metrics(alone).frozen_angles == frozen
    assert metrics(offset).frozen_angles == 2 * frozen
