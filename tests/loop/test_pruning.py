from __future__ import annotations

import pytest

from loop.pruning import MOST_LOST, Move, Pruner, error_limit
from quantum.aer import aer_energy
from quantum.circuit import Angle, Circuit, Gate
from quantum.exact import exact_energy
from quantum.metrics import metrics
from quantum.problem import resolve_problem
from quantum.vqe import VqeSettings, minimise
from tests.loop.helpers import size_score

TFIM = resolve_problem("tfim", [3])
HAMILTONIAN = TFIM.hamiltonian(3)
SETTINGS = VqeSettings(restarts=8)


def t(index: int, coefficient: float = 1.0, constant: float = 0.0) -> tuple[Angle]:
    return (Angle(((index, coefficient),), constant),)


def found_error(circuit: Circuit) -> float:
    return minimise(circuit, HAMILTONIAN, SETTINGS, seed=5).energy - exact_energy(HAMILTONIAN).energy


def pruned(circuit: Circuit, limit: float) -> Circuit:
    start = minimise(circuit, HAMILTONIAN, SETTINGS, seed=1).parameters
    return Pruner(HAMILTONIAN, limit, SETTINGS, seed=2).prune(circuit, start)


ROW = [Gate("ry", (q,), t(q)) for q in range(3)]
CHAIN = [Gate("cx", (0, 1)), Gate("cx", (1, 2))]


def test_what_does_nothing_goes_and_the_energy_stays():
    lean = [*ROW, *CHAIN, *(Gate("ry", (q,), t(3 + q)) for q in range(3))]
    padded = [*lean[:3], Gate("rz", (0,), t(6)), *lean[3:5], Gate("rzz", (0, 2), t(7)), *lean[5:]]
    padded += [Gate("h", (1,)), Gate("h", (1,))]
    best = found_error(Circuit(3, 6, tuple(lean)))
    result = pruned(Circuit(3, 8, tuple(padded)), best * (1 + MOST_LOST))
    assert metrics(result).two_qubit_gates <= metrics(Circuit(3, 6, tuple(lean))).two_qubit_gates
    assert metrics(result).parameters <= 6
    assert all(gate.name not in ("rz", "h", "rzz") for gate in result.gates)
    assert found_error(result) <= best * (1 + MOST_LOST) + 1e-9


def test_the_limit_is_kept_and_used():
    circuit = Circuit(3, 6, (*ROW, *CHAIN, *(Gate("ry", (q,), t(3 + q)) for q in range(3))))
    exact = found_error(circuit)
    loose = pruned(circuit, 10.0)
    assert metrics(loose).two_qubit_gates == 0
    tight = pruned(circuit, exact * 1.001 + 1e-12)
    assert found_error(tight) <= exact * 1.001 + 1e-9
    assert metrics(tight).two_qubit_gates == 2


def test_a_circuit_that_needs_all_its_gates_is_left_alone():
    circuit = Circuit(3, 3, tuple(ROW))
    assert pruned(circuit, found_error(circuit) + 1e-9) == circuit


def test_a_shared_parameter_goes_from_all_its_gates_at_once():
    shared = Circuit(3, 4, (*ROW, *(Gate("rzz", pair, t(3)) for pair in ((0, 1), (1, 2)))))
    left = Move(parameter=3).of(dict(enumerate(shared.gates)))
    assert tuple(left.values()) == tuple(ROW)


def test_a_gate_whose_angle_keeps_a_constant_stays():
    gates = {0: Gate("rx", (0,), t(0, constant=0.5)), 1: Gate("ry", (1,), t(0))}
    left = Move(parameter=0).of(gates)
    assert left == {0: Gate("rx", (0,), (Angle((), 0.5),))}


@pytest.mark.parametrize("gates", [[*CHAIN, *CHAIN[::-1]], [Gate("h", (0,)), Gate("cx", (1, 2)), Gate("h", (0,))]])
def test_self_inverse_pairs_that_meet_are_dropped_with_what_stood_between(gates):
    circuit = Circuit(3, 0, tuple(gates))
    left = Move(gate=-1).of(dict(enumerate(gates)))
    assert len(left) < len(gates)
    before, after = (aer_energy(Circuit(3, 0, tuple(g)), (), HAMILTONIAN) for g in (circuit.gates, left.values()))
    assert after == pytest.approx(before)


def test_how_far_an_error_may_grow():
    threshold = TFIM.threshold(4)
    assert error_limit(size_score(error=threshold / 2), TFIM) == threshold
    assert error_limit(size_score(error=2 * threshold), TFIM) == pytest.approx(2.02 * threshold)
