"""Edits and crossings stay in the language; reductions cost less."""

from __future__ import annotations

from random import Random

import pytest

from quantum.language import edit as edits
from quantum.language.build import build
from quantum.language.draw import Palette
from quantum.language.edit import cross, edit
from quantum.language.reduce import PROBE_QUBITS, reductions
from quantum.language.tree import Program, Repeat, Step, Walk, fits, gates_of, places
from quantum.metrics import metrics
from tests.quantum.language.programs import EVERYTHING, drawn

TURN = Walk("chain", 1, (Step("ry", (0,), 0),), ("fresh",))
CX_CX = Walk("even", 2, (Step("cx", (0, 1)), Step("cx", (0, 1))))
REACHABLE = frozenset((*EVERYTHING.rotations, *EVERYTHING.fixed, *EVERYTHING.couplings, "sx", "sxdg", "sdg"))


SOME = [drawn(number) for number in range(60)]


def test_an_edit_is_another_program_of_the_language() -> None:
    random = Random(0)
    for program in SOME * 4:
        changed = edit(random, program, EVERYTHING)
        assert fits(changed)
        assert changed != program
        assert gates_of(changed) <= gates_of(program) | REACHABLE


def test_edits_follow_from_the_random_numbers() -> None:
    def line(seed: int) -> list[Program]:
        random, program, made = Random(seed), drawn(1), []
        for _ in range(20):
            program = edit(random, program, EVERYTHING)
            made.append(program)
        return made

    assert line(3) == line(3)
    assert line(3) != line(4)


@pytest.mark.parametrize("number", range(len(edits.EDITS)))
def test_every_kind_of_edit_applies_somewhere(number: int) -> None:
    """And what it makes of a program of the language is one, or is refused by `fits`."""
    kind, random = [*edits.EDITS][number], Random(number)
    made = [(program, kind(random, program, EVERYTHING)) for program in SOME]
    changed = [one for program, one in made if one is not None and one != program and fits(one)]
    assert len(changed) > 5


def test_edits_keep_to_the_gates_allowed() -> None:
    allowed = frozenset(("rx", "rz", "rzz"))
    random, palette, program = (
        Random(0),
        Palette.of(allowed),
        Program((Walk("chain", 1, (Step("rx", (0,), 0),), ("layer",)),)),
    )
    for _ in range(300):
        program = edit(random, program, palette)
        assert gates_of(program) <= allowed


def test_a_crossing_has_statements_of_both() -> None:
    random, both = Random(0), 0
    for number in range(100):
        first, second = drawn(number), drawn(number + 1000)
        made = {statement for _, statement in places(cross(random, first, second).statements)}
        ours, theirs = ({statement for _, statement in places(one.statements)} for one in (first, second))
        assert made & (ours | theirs)
        both += bool(made & ours - theirs) and bool(made & theirs - ours)
    assert both > 40


def test_reductions_cost_less_and_the_largest_saving_is_first() -> None:
    def cost(program: Program) -> tuple[int, int, int]:
        circuit = build(program, PROBE_QUBITS)
        return metrics(circuit).two_qubit_gates, circuit.num_parameters, len(circuit.gates)

    for program in SOME[:4]:
        smaller = reductions(program)
        costs = [cost(one) for one in smaller]
        assert smaller
        assert all(map(fits, smaller))
        assert len(set(smaller)) == len(smaller)
        assert costs == sorted(costs)
        assert max(costs) < cost(program)


def test_reductions_drop_thin_and_share() -> None:
    smaller = reductions(Program((TURN, Repeat("n", (CX_CX, TURN)))))
    assert Program((TURN,)) in smaller
    assert Program((Repeat("n", (CX_CX, TURN)),)) in smaller
    assert Program((TURN, Repeat("n // 2", (CX_CX, TURN)))) in smaller
    assert Program((TURN, CX_CX, TURN)) in smaller
    shared = Walk("chain", 1, TURN.steps, ("layer",))
    assert Program((TURN, Repeat("n", (CX_CX, shared)))) in smaller
    merged = Walk("chain", 2, (Step("ry", (0,), 0), Step("ry", (1,), 0)), ("fresh",))
    apart = Walk("chain", 2, (Step("ry", (0,), 0), Step("ry", (1,), 1)), ("fresh", "fresh"))
    assert Program((merged,)) in reductions(Program((apart,)))
