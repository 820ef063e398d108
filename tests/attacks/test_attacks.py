"""Every attack of the corpus at level full and at level basic: its verdict, and what must be unharmed afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.arena import LEVELS, Arena, runs_here
from tests.attacks.catalogue import ATTACKS, BENIGN, Program


@pytest.fixture(scope="module", params=list(LEVELS))
def arena(request: pytest.FixtureRequest) -> Iterator[Arena]:
    arena = Arena(request.param)
    yield arena
    arena.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_is_contained(arena: Arena, attack: Program) -> None:
    if not runs_here(attack):
        pytest.skip(f"raw system call numbers of {attack.options['machine']}")
    result = arena.run(attack)
    assert (result.reason or "ok") in attack.expected, result
    assert (result.circuit is not None) == (result.outcome == "ok")
    assert len(result.message) <= 300
    assert result.message.isprintable()
    arena.assert_unharmed()


@pytest.mark.parametrize("program", BENIGN, ids=lambda program: program.name)
def test_benign_program_passes(arena: Arena, program: Program) -> None:
    result = arena.run(program)
    assert (result.reason or "ok") in program.expected, result
    arena.assert_unharmed()
