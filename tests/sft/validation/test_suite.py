"""The standard prompts: a hundred different ones that can be answered, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest

from models.prompts import Style, build_messages
from quantum.circuit import Angle, Circuit, Gate
from quantum.errors import RequestError
from quantum.verifier import verify
from sft.validation.suite import Case, Restriction, grid, standard_suite


@pytest.mark.parametrize("style", ["compact", "full"])
def test_no_two_prompts_are_the_same(style: Style) -> None:
    cases = standard_suite()
    texts = {json.dumps(build_messages(c.problem, c.num_qubits, style=style, limits=c.limits)) for c in cases}
    assert len(texts) == len(cases) == 100


def test_every_chain_size_and_restriction_is_asked_about() -> None:
    cases = standard_suite()
    cells = Counter((case.problem.name, case.num_qubits) for case in cases)
    assert set(cells) == {(name, n) for name in ("tfim", "xy", "heisenberg") for n in (4, 6, 8)}
    assert set(cells.values()) == {11, 12}
    assert min(Counter(str(case.restriction) for case in cases).values()) >= 5


def test_the_suite_is_the_one_that_figures_were_published_for() -> None:
    names = "\n".join(case.name for case in standard_suite())
    assert hashlib.sha256(names.encode()).hexdigest()[:16] == "5fa4a1b62417ae07"


@pytest.mark.parametrize("case", standard_suite(), ids=lambda case: case.name)
def test_every_prompt_has_an_answer(case: Case) -> None:
    """A row of rotations and a chain of entanglers, of the allowed gates, keeps the limits."""
    turn = next(name for name in ("ry", "rx") if name in case.limits.gates)
    entangler = next(name for name in ("cx", "cz", "rzz") if name in case.limits.gates)
    angle = Angle(terms=((0, 1.0),))
    n = case.num_qubits
    gates = [Gate(turn, (q,), (angle,)) for q in range(n)]
    gates += [Gate(entangler, (q, q + 1), (angle,) if entangler == "rzz" else ()) for q in range(n - 1)]
    verdict = verify(Circuit(n, 1, tuple(gates)), n, case.limits)
    assert verdict.ok, verdict.message


def test_a_grid_of_ones_own() -> None:
    cases = grid(["h2", "tfim"], [4], [Restriction(), Restriction(("ry", "cz"), depth=1)])
    assert [case.limits.gates == ("ry", "cz") for case in cases] == [False, True, False, True]
    assert cases[1].limits.max_depth == 12
    with pytest.raises(RequestError, match="h2"):
        grid(["h2"], [6], [Restriction()])
