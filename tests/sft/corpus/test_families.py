"""Families: valid code at every size in every hand, within the gates given, and small circuits among them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from quantum.canonical import canonical_hash
from quantum.circuit import GATES
from quantum.metrics import metrics
from quantum.problem import Limits
from quantum.verifier import verify
from rewards.policy import check_code
from rewards.sandbox import Sandbox
from sft.corpus.ansatz import BONDS, PAIRS, PLACES, SPOTS, Spec, gates_of
from sft.corpus.code import BUNDLES, write
from sft.corpus.families import draw, families
from sft.corpus.gate_lists import draw_gates

ALL = frozenset(GATES)
GENEROUS = Limits(max_depth=1000, max_gates=5000, max_parameters=500)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_there_are_at_least_seventeen_families() -> None:
    assert len(families()) >= 17


@pytest.mark.parametrize("name", sorted(families()))
def test_a_family_runs_at_every_size_in_every_hand(name: str, sandbox: Sandbox) -> None:
    random = Random(7)
    for bundle, sizes in zip(BUNDLES, ((2, 5, 8), (3, 6), (4, 7)), strict=True):
        ansatz = families()[name].draw(random, ALL)
        assert ansatz is not None
        code = write(ansatz, bundle)
        assert check_code(code).ok
        for num_qubits in sizes:
            result = sandbox.run(code, num_qubits)
            assert result.circuit is not None, f"{result.message}\n{code}"
            assert result.circuit.num_qubits == num_qubits
            if num_qubits > 3:
                assert verify(result.circuit, num_qubits, GENEROUS).ok, code


@pytest.mark.parametrize("name", sorted(families()))
def test_a_family_keeps_to_the_gates_it_is_given(name: str) -> None:
    random, given = Random(3), 0
    lists = [draw_gates(random) for _ in range(40)]
    for gates in [*lists, ("h", "x", "cx", "ry", "rz"), ("x", "rxx", "ryy", "rz"), tuple(GATES), ("cx",), ("ry",), ()]:
        ansatz = families()[name].draw(random, frozenset(gates))
        if ansatz is not None:
            given += 1
            assert gates_of(ansatz) <= set(gates)
    assert given > 0
    assert families()[name].draw(random, frozenset()) is None


def test_the_hand_changes_nothing_but_names(sandbox: Sandbox) -> None:
    random = Random(5)
    for _ in range(10):
        _, ansatz = draw(random, ALL)
        circuits = [sandbox.run(write(ansatz, bundle), 4).circuit for bundle in BUNDLES]
        assert len({canonical_hash(circuit) for circuit in circuits if circuit}) == 1
        assert len({write(ansatz, bundle) for bundle in BUNDLES}) == len(BUNDLES)


@pytest.mark.parametrize("num_qubits", [2, 3, 5])
def test_every_place_and_pair_exists_at_every_size(num_qubits: int, sandbox: Sandbox) -> None:
    turns = [Spec("ry", where).layer() for where in (*PLACES, *SPOTS)]
    pairs = [Spec("cx", where, flipped=flipped).layer() for where in (*BONDS, *PAIRS) for flipped in (False, True)]
    assert sandbox.run(write((*turns, *pairs), BUNDLES[1]), num_qubits).circuit is not None


def test_a_named_pair_is_that_pair(sandbox: Sandbox) -> None:
    pairs = {
        "(0, 1)": (0, 1),
        "(1, 2)": (1, 2),
        "(2, 3)": (2, 3),
        "middle": (2, 3),
        "last pair": (4, 5),
        "ends": (0, 5),
    }
    for where, qubits in pairs.items():
        circuit = sandbox.run(write((Spec("ry", "all").layer(), Spec("cx", where).layer()), BUNDLES[0]), 6).circuit
        assert circuit is not None
        assert circuit.gates[-1].qubits == qubits


def test_small_circuits_are_common(sandbox: Sandbox) -> None:
    """Discovery looks for a handful of two-qubit gates; the corpus has to propose them."""
    random = Random(1)
    circuits = [sandbox.run(write(draw(random, ALL)[1], BUNDLES[0]), 4).circuit for _ in range(60)]
    counts = [metrics(circuit).two_qubit_gates for circuit in circuits if circuit]
    assert sum(2 <= count <= 5 for count in counts) >= 0.25 * len(counts)


def test_gate_lists_are_narrow_and_differ() -> None:
    random = Random(0)
    lists = [draw_gates(random) for _ in range(200)]
    assert len({frozenset(gates) for gates in lists}) > 60
    for gates in lists:
        assert 2 <= len(gates) <= 5
        assert len(set(gates)) == len(gates)
        assert set(gates) <= ALL
        assert set(gates) & {"rx", "ry"}
        assert any(GATES[name].num_qubits == 2 for name in gates)
