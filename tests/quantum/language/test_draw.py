"""Random programs are of the language, keep to the gates allowed, and say all of it."""

from __future__ import annotations

from random import Random

import pytest

from quantum.circuit import GATES
from quantum.errors import RequestError
from quantum.language.build import build
from quantum.language.draw import STARTS, Palette, draw
from quantum.language.patterns import PATTERNS, TIMES
from quantum.language.tree import (
    SHARINGS,
    Program,
    Repeat,
    Step,
    Walk,
    fits,
    from_document,
    gates_of,
    repeats,
    to_document,
    walks,
)
from quantum.language.write import write
from tests.quantum.language.programs import EVERYTHING, drawn

MANY = [draw(Random(number), EVERYTHING) for number in range(3000)]


def test_what_is_drawn_is_of_the_language_and_follows_from_the_seed() -> None:
    assert all(map(fits, MANY))
    assert [draw(Random(number), EVERYTHING) for number in range(50)] == MANY[:50]
    assert len(set(MANY)) > 2850


def test_all_of_the_language_is_drawn() -> None:
    every = [walk for program in MANY for _, walk in walks(program)]
    assert {walk.where for walk in every} == set(PATTERNS)
    assert {sharing for walk in every for sharing in walk.sharing} == set(SHARINGS)
    assert {repeat.times for program in MANY for _, repeat in repeats(program)} == set(TIMES)
    assert {len(walk.steps) for walk in every} == set(range(1, 7))
    assert {"givens", "single", "pair", "cx", "rxx", "ry", "h"} <= {step.gate for walk in every for step in walk.steps}
    for walks_of_start in STARTS.values():
        assert any(program.statements[: len(walks_of_start)] == walks_of_start for program in MANY)


def test_most_are_circuits_with_something_to_optimise_and_short_to_write() -> None:
    fine = [program for program in MANY[:300] if build(program, 6).num_parameters]
    assert len(fine) > 270
    assert sum(len(write(program)) <= 880 for program in fine) > 0.5 * len(fine)


def test_other_gates_than_those_allowed_are_not_drawn() -> None:
    allowed = frozenset(("ry", "rz", "cx"))
    palette = Palette.of(allowed)
    assert all(gates_of(draw(Random(number), palette)) <= allowed for number in range(300))
    with_givens = Palette.of(allowed | {"sx", "sxdg", "h", "s", "sdg", "rx"})
    assert set(with_givens.moves) == {"givens", "pair"}


@pytest.mark.parametrize(("gates", "missing"), [({"cx", "h"}, "rx, ry, rz"), ({"ry", "h"}, "cx, cz")])
def test_a_language_without_turns_or_couplings_is_refused(gates: set[str], missing: str) -> None:
    with pytest.raises(RequestError, match=missing):
        Palette.of(frozenset(gates))


def test_a_program_is_stored_and_read_back() -> None:
    for number in range(100):
        assert from_document(to_document(drawn(number))) == drawn(number)


@pytest.mark.parametrize(
    "program",
    [
        Program(()),
        Program((Walk("chain", 1, (Step("cx", (0, 1)),)),)),
        Program((Walk("ring", 1, (Step("x", (0,)),)),)),
        Program((Walk("nowhere", 1, (Step("x", (0,)),)),)),
        Program((Walk("chain", 1, (Step("ry", (0,)),)),)),
        Program((Walk("chain", 1, (Step("ry", (0,), 0),), ("fresh", "fresh")),)),
        Program((Walk("chain", 1, (Step("ry", (0,), 0, 9),), ("fresh",)),)),
        Program((Walk("chain", 1, (Step("warp", (0,)),)),)),
        Program((Repeat("17", (Walk("chain", 1, (Step("x", (0,)),)),)),)),
        Program((Repeat("2", ()),)),
    ],
)
def test_what_is_no_program_is_not_read(program: Program) -> None:
    with pytest.raises(ValueError, match="not a program"):
        from_document(to_document(program))


def test_every_gate_of_the_table_with_one_angle_or_none_can_be_said() -> None:
    for name, kind in GATES.items():
        angle = 0 if kind.num_angles == 1 else None
        walk = Walk("chain", 2, (Step(name, (0, 1)[: kind.num_qubits], angle),), ("fresh",) * kind.num_angles)
        if kind.num_angles < 2:
            assert build(from_document(to_document(Program((walk,)))), 3).gates[0].name == name
