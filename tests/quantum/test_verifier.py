"""Every guard catches its cheat, alone, and lets honest circuits through."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import quantum.verifier as verifier
from quantum.circuit import Angle, Circuit
from quantum.jacobian import directions
from quantum.problem import Limits
from quantum.reference import statevector
from quantum.verifier import below_exact, below_product, verify
from tests.quantum.drawn_circuits import circuit_of, theta

LIMITS = Limits(max_depth=20, max_gates=40, max_parameters=8)
T = theta(0)
HONEST = circuit_of(
    2,
    3,
    ("h", (0,)),
    ("ry", (1,), theta(0)),
    ("cx", (0, 1)),
    ("rzz", (0, 1), theta(1, 2)),
    ("rx", (0,), theta(2, -0.5)),
)
REJECTED = {
    "forbidden_gate": (circuit_of(2, 1, ("ry", (0,), T), ("iswap", (0, 1))), replace(LIMITS, gates=("ry", "cx"))),
    "no_parameters": (circuit_of(2, 3, ("h", (0,)), ("cx", (0, 1))), LIMITS),
    "scaled_angle": (circuit_of(2, 1, ("ry", (0,), T), ("ry", (1,), theta(0, 0.7354))), LIMITS),
    "frozen_angles": (circuit_of(2, 1, ("ry", (0,), T), ("rx", (1,), Angle((), 1.234))), LIMITS),
    "too_many_gates": (HONEST, replace(LIMITS, max_gates=4)),
    "too_deep": (HONEST, replace(LIMITS, max_depth=3)),
    "too_many_parameters": (HONEST, replace(LIMITS, max_parameters=2)),
    "dead_parameters": (circuit_of(2, 2, ("rz", (0,), T), ("rzz", (0, 1), theta(1)), ("h", (0,)), ("x", (1,))), LIMITS),
}
RULES = ("WRITTEN_RULES", "COUNTED_RULES", "STATE_RULES")


def test_an_honest_circuit_passes_with_its_counts() -> None:
    verdict = verify(HONEST, 2, LIMITS)
    assert (verdict.ok, verdict.reason, verdict.message) == (True, None, "")
    assert verdict.metrics is not None
    assert verdict.metrics.two_qubit_gates == 1  # cx, then rzz = cx rz cx: two of the three cancel
    assert (verdict.live_parameters, verdict.jacobian_rank) == (3, 2)


@pytest.mark.parametrize("reason", REJECTED)
def test_each_rule_rejects_with_its_reason_in_one_line(reason: str) -> None:
    circuit, limits = REJECTED[reason]
    verdict = verify(circuit, 2, limits)
    assert (verdict.ok, verdict.reason) == (False, reason)
    assert verdict.message
    assert "\n" not in verdict.message


@pytest.mark.parametrize("reason", REJECTED)
def test_each_rule_is_the_one_that_rejects(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for table in RULES:
        monkeypatch.setattr(verifier, table, tuple(row for row in getattr(verifier, table) if row[0] != reason))
    verdict = verify(REJECTED[reason][0], 2, REJECTED[reason][1])
    assert verdict.ok or (reason, verdict.reason) == ("no_parameters", "dead_parameters")


def test_the_table_above_covers_every_rule() -> None:
    assert {row[0] for table in RULES for row in getattr(verifier, table)} == set(REJECTED)


@pytest.mark.parametrize("asked", [1, 3])
def test_exactly_the_qubits_asked_for(asked: int) -> None:
    verdict = verify(HONEST, asked, LIMITS)
    assert verdict.reason == "wrong_qubits"
    assert verdict.message == f"2 qubits, {asked} were asked for"


@pytest.mark.parametrize("coefficient", [1, -1, 2, 3, 8, 0.5, -0.25, 0.125, 1 / 3, 1 / 7])
def test_simple_coefficients_pass(coefficient: float) -> None:
    assert verify(circuit_of(1, 1, ("ry", (0,), theta(0, coefficient))), 1, LIMITS).ok


@pytest.mark.parametrize("coefficient", [1000, 9, 1 / 9, 1.1, 0.7, math.pi, 1e-9, 2 + 1e-6])
def test_other_coefficients_do_not(coefficient: float) -> None:
    assert verify(circuit_of(1, 1, ("ry", (0,), theta(0, coefficient))), 1, LIMITS).reason == "scaled_angle"


def test_an_offset_is_frozen_like_a_constant() -> None:
    assert verify(circuit_of(1, 1, ("ry", (0,), theta(0, 1, 1.234))), 1, LIMITS).reason == "frozen_angles"
    assert verify(circuit_of(1, 1, ("ry", (0,), theta(0, 1, -3 * math.pi / 8))), 1, LIMITS).ok


@pytest.mark.parametrize("reason", ["scaled_angle", "frozen_angles"])
def test_frozen_angles_can_be_allowed(reason: str) -> None:
    circuit, limits = REJECTED[reason]
    assert verify(circuit, 2, replace(limits, allow_frozen_angles=True)).ok


def test_limits_are_inclusive() -> None:
    counts = verify(HONEST, 2, LIMITS).metrics
    assert counts is not None
    gates = counts.one_qubit_gates + counts.two_qubit_gates
    tight = Limits(max_depth=counts.depth, max_gates=gates, max_parameters=counts.parameters)
    assert verify(HONEST, 2, tight).ok


def test_gates_that_rewriting_removes_count_as_written_alone() -> None:
    padded = circuit_of(1, 1, *[("h", (0,))] * 100, ("ry", (0,), T))
    assert verify(padded, 1, Limits(max_depth=1, max_gates=101, max_parameters=1)).ok
    too_long = verify(padded, 1, Limits(max_depth=1, max_gates=100, max_parameters=1))
    assert (too_long.reason, too_long.metrics) == ("too_many_gates", None)


@pytest.mark.parametrize(
    "coefficients",
    [(1 / 5, 1 / 6), (8.0,) * 8, (1.0, 1 / 8), (1.0, -1.0 + 1 / 4096), (8.0, 8.0, 1.0), (1 / 5, 1 / 6, 1 / 7, 1 / 8)],
)
def test_coefficients_are_simple_after_merging_too(coefficients: tuple[float, ...]) -> None:
    sums = circuit_of(2, 1, ("ry", (1,), T), *(("ry", (0,), theta(0, a)) for a in coefficients))
    assert verify(sums, 2, LIMITS).reason == "scaled_angle"


@pytest.mark.parametrize("times", [2, 3, 4, 8])
def test_layers_that_merge_are_honest(times: int) -> None:
    layers = circuit_of(2, 1, *[("ry", (0,), theta(0, 2))] * times, ("cp", (0, 1), T))
    assert verify(layers, 2, LIMITS).ok
    assert verify(circuit_of(2, 1, ("ry", (0,), T), ("ry", (1,), T), ("crz", (0, 1), T), ("rz", (1,), T)), 2, LIMITS).ok


def test_some_dead_parameters_are_counted_not_rejected() -> None:
    """A first rz acts on |0>, a last one is live: it changes the state, if not every energy."""
    circuit = circuit_of(
        2, 4, *[(name, (q,), theta(k)) for k, (name, q) in enumerate([("rz", 0), ("ry", 0), ("rz", 1), ("rz", 0)])]
    )
    verdict = verify(circuit, 2, LIMITS)
    assert verdict.ok
    assert (verdict.live_parameters, verdict.jacobian_rank) == (2, 2)


def test_duplicate_parameters_are_live_and_add_no_rank() -> None:
    circuit = circuit_of(1, 3, *[("ry", (0,), theta(k)) for k in range(3)])
    verdict = verify(circuit, 1, LIMITS)
    assert (verdict.live_parameters, verdict.jacobian_rank) == (3, 1)


def test_rank_saturates_at_the_dimension_of_state_space() -> None:
    rows = [(name, (0,), theta(3 * r + k)) for r in range(3) for k, name in enumerate(("ry", "rz", "rx"))]
    assert directions(circuit_of(1, 9, *rows)).rank == 2


def test_directions_agree_with_finite_differences_of_an_independent_statevector() -> None:
    generator = np.random.default_rng(3)
    names = ("rx", "ry", "rz", "rxx", "ryy", "rzz", "crx", "cry", "crz", "cp", "rzx", "h", "cx", "t", "iswap")
    seen = set()
    for _ in range(40):
        n, count = int(generator.integers(2, 5)), 6
        rows: list[tuple[object, ...]] = []
        for name in generator.choice(names, size=int(generator.integers(3, 12))):
            two = name in ("cx", "iswap", "cp") or name.startswith(("rxx", "ryy", "rzz", "rzx", "cr"))
            pair = tuple(int(q) for q in generator.permutation(n)[: 1 + two])
            free = () if name in ("h", "cx", "t", "iswap") else (theta(int(generator.integers(count)), 1.0),)
            rows.append((str(name), pair, *free))
        circuit = circuit_of(n, count, *rows)
        found = directions(circuit, seed=11)
        live, rank = finite_difference_directions(circuit, generator.uniform(0, 6, count))
        assert (found.live_parameters, found.rank, found.moves) == (live, rank, live > 0)
        seen.add((live, rank))
    assert len(seen) > 5


def finite_difference_directions(circuit: Circuit, values: np.ndarray) -> tuple[int, int]:
    state = statevector(circuit, values)
    rows = []
    for step in np.eye(len(values)) * 1e-5:
        slope = (statevector(circuit, values + step) - statevector(circuit, values - step)) / 2e-5
        rows.append(slope - state * np.vdot(state, slope))
    matrix = np.array([np.concatenate((row.real, row.imag)) for row in rows])
    sizes = np.linalg.norm(matrix, axis=1)
    return int(np.count_nonzero(sizes > 1e-4)), int(np.linalg.matrix_rank(matrix, tol=1e-4))


def test_above_twelve_qubits_only_whether_the_state_moves_is_said() -> None:
    n = 13
    live = circuit_of(n, 2, ("rz", (0,), theta(0)), ("ry", (5,), theta(1)))
    dead = circuit_of(n, 2, ("rz", (0,), theta(0)), ("rzz", (5, 6), theta(1)))
    verdict = verify(live, n, LIMITS)
    assert (verdict.ok, verdict.live_parameters, verdict.jacobian_rank) == (True, None, None)
    assert verify(dead, n, LIMITS).reason == "dead_parameters"


@pytest.mark.parametrize("seed", range(5))
def test_the_seed_does_not_change_a_verdict(seed: int) -> None:
    assert verify(HONEST, 2, LIMITS, seed=seed) == verify(HONEST, 2, LIMITS)


def test_an_energy_below_every_product_state_needs_a_two_qubit_gate() -> None:
    assert below_product(-1.1, -1.0, 0)
    assert not below_product(-1.1, -1.0, 1)
    assert not below_product(-1.0 - 1e-7, -1.0, 0)


def test_below_exact_is_below_by_more_than_the_tolerance() -> None:
    assert below_exact(-1.0 - 2e-9, -1.0)
    assert not below_exact(-1.0 - 5e-10, -1.0)
    assert not below_exact(-0.5, -1.0)
    assert below_exact(-3.0, -1.0, tolerance=1.0)
