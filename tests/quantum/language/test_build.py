"""What a program means: positions, repetitions, who shares an angle, and what excitations do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from quantum.language.build import build
from quantum.language.excitations import EXCITATIONS
from quantum.language.patterns import PATTERNS
from quantum.language.tree import Program, Repeat, Sharing, Step, Walk
from quantum.metrics import metrics
from tests.quantum.drawn_circuits import unitary

CX = (Step("cx", (0, 1)),)
LOWER = np.array([[0, 1], [0, 0]])
"""|0><1|"""


def bonds(where: str, num_qubits: int, times: str | None = None) -> list[tuple[int, ...]]:
    walk = Walk(where, 2, CX)
    circuit = build(Program((Repeat(times, (walk,)) if times else walk,)), num_qubits)
    return [gate.qubits for gate in circuit.gates]


def test_where_a_block_is_put() -> None:
    assert bonds("reversed chain", 4) == [(2, 3), (1, 2), (0, 1)]
    assert bonds("even then odd", 5) == [(0, 1), (2, 3), (1, 2), (3, 4)]
    assert bonds("ring", 3) == [(0, 1), (1, 2), (2, 0)]
    assert bonds("outward", 6) == [(2, 3), (1, 2), (3, 4), (0, 1), (4, 5)]
    assert bonds("mirror", 5) == [(0, 4), (1, 3)]
    assert bonds("partners", 6) == [(0, 3), (1, 4), (2, 5)]
    assert bonds("last", 4) == [(3, 2)]
    assert bonds("closing", 4) == [(3, 0)]


def test_a_brick_wall_alternates_by_layer_and_grows_with_the_size() -> None:
    assert bonds("bricks", 4) == [(0, 1), (2, 3)]
    assert bonds("bricks", 4, "n // 2") == [(0, 1), (2, 3), (1, 2)]
    assert len(bonds("bricks", 8, "n // 2")) == 4 + 3 + 4 + 3
    assert bonds("chain", 2, "n // 2 - 1") == []


@pytest.mark.parametrize("where", PATTERNS)
def test_blocks_stay_on_the_chain_at_every_size(where: str) -> None:
    pattern = PATTERNS[where]
    for n in range(2, 9):
        for width in pattern.widths:
            for q in pattern.positions(n, n - width + 1, 1):
                qubits = [pattern.place(q, site, n) for site in range(width)]
                assert len(set(qubits)) == width
                assert 0 <= min(qubits) <= max(qubits) < n


@pytest.mark.parametrize(
    ("sharing", "parameters"), [("fresh", 3 * 5), ("mirror", 3 * 3), ("layer", 3), ("site", 5), ("program", 1)]
)
def test_who_shares_an_angle(sharing: Sharing, parameters: int) -> None:
    """On the five bonds of six qubits, three layers."""
    walk = Walk("chain", 2, (Step("rzz", (0, 1), 0), Step("rxx", (0, 1), 0, 2)), (sharing,))
    circuit = build(Program((Repeat("3", (walk,)),)), 6)
    assert circuit.num_parameters == parameters
    first, second = circuit.gates[:2]
    assert (first.angles[0].terms, second.angles[0].terms) == (((0, 1.0),), ((0, 2.0),))


def test_mirror_images_share_and_others_do_not() -> None:
    circuit = build(Program((Walk("chain", 1, (Step("ry", (0,), 0),), ("mirror",)),)), 5)
    assert [gate.angles[0].terms[0][0] for gate in circuit.gates] == [0, 1, 2, 1, 0]


def test_walks_of_one_program_share_its_angle() -> None:
    walk = Walk("chain", 1, (Step("ry", (0,), 0),), ("program",))
    assert build(Program((walk, Walk("even", 1, (Step("rz", (0,), 0),), ("program",)))), 4).num_parameters == 1


def jump(num_sites: int, lowered: tuple[int, ...], raised: tuple[int, ...], signed: tuple[int, ...] = ()) -> np.ndarray:
    """The operator that empties `lowered` and fills `raised`, with Z on `signed`; site 0 is the last factor."""
    factors = {
        **dict.fromkeys(lowered, LOWER),
        **dict.fromkeys(raised, LOWER.T),
        **dict.fromkeys(signed, np.diag([1, -1])),
    }
    matrix = np.eye(1)
    for site in reversed(range(num_sites)):
        matrix = np.kron(matrix, factors.get(site, np.eye(2)))
    return matrix


@pytest.mark.parametrize(
    ("gate", "jumps", "cost"),
    [
        ("givens", jump(2, (0,), (1,)), 2),
        ("single", jump(3, (0,), (2,), (1,)), 4),
        ("pair", jump(4, (0, 1), (2, 3)), 6),
    ],
)
def test_an_excitation_is_the_rotation_that_it_says_at_its_cost(gate: str, jumps: np.ndarray, cost: int) -> None:
    width = EXCITATIONS[gate].num_sites
    circuit = build(Program((Walk("chain", width, (Step(gate, tuple(range(width)), 0),), ("fresh",)),)), max(width, 2))
    made, meant = unitary(circuit, [0.7]), expm(0.7 * (jumps - jumps.T))
    if gate == "pair":  # where both pairs are filled or empty as one; elsewhere it is another rotation
        paired = [0b0000, 0b0011, 0b1100, 0b1111]
        made, meant = made[np.ix_(paired, paired)], meant[np.ix_(paired, paired)]
    assert np.allclose(made, meant) or np.allclose(made, meant.T)
    assert metrics(circuit).two_qubit_gates == cost


def test_a_program_needs_two_qubits() -> None:
    with pytest.raises(ValueError, match="two qubits"):
        build(Program((Walk("chain", 2, CX),)), 1)
