"""Every attack of the corpus at level full and at level basic, as root and as an ordinary user.

Each has its verdict, and afterwards nothing is changed: the files, the zygote, the next candidate's circuit.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.attacks import as_user
from tests.attacks.arena import PROJECT, Arena, runs_here
from tests.attacks.catalogue import ATTACKS, BENIGN, Program

INSIDE = "ATTACKS_AS_USER"


@pytest.fixture(scope="module", autouse=True)
def ordinary_user() -> Iterator[subprocess.Popen[str] | None]:
    """The same tests in a second process, as a user without privileges, while these run."""
    if INSIDE in os.environ or as_user.why_not():
        yield None
        return
    arguments, environment = as_user.command(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__)
    with subprocess.Popen(
        arguments,
        env=environment | {INSIDE: "1"},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module", params=["full", "basic"])
def arena(request: pytest.FixtureRequest) -> Iterator[Arena]:
    arena = Arena(request.param)
    if arena.sandbox.level != request.param:
        pytest.skip(f"this machine reaches level {arena.sandbox.level}: {arena.sandbox.hello.missing}")
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
    assert arena.run(program).circuit == result.circuit  # from the same state every time
    arena.assert_unharmed()


def test_all_of_it_as_an_ordinary_user(ordinary_user: subprocess.Popen[str] | None) -> None:
    if ordinary_user is None:
        pytest.skip(as_user.why_not() or "this is the ordinary user")
    output, _ = ordinary_user.communicate()
    assert ordinary_user.returncode == 0, output[-4000:]
    passed = re.search(r"(\d+) passed", output)
    assert passed is not None
    assert int(passed[1]) >= len(ATTACKS) + len(BENIGN), output[-2000:]  # twice that where users reach level full


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(ATTACKS) >= 150
    assert len(BENIGN) >= 50
