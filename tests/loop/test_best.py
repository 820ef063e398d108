from __future__ import annotations

import random
from dataclasses import replace

from loop.attempt import PRUNED
from loop.best import Leaderboard
from quantum.problem import resolve_problem
from rewards.order import rank, target_met
from tests.loop.helpers import EXACT, failed, valid

TFIM = resolve_problem("tfim")
INSIDE, OUTSIDE = 0.5e-3 * abs(EXACT), 5e-3 * abs(EXACT)


def best_first(*attempts):
    return [a.score.circuit_hash for a in sorted(attempts, key=lambda a: rank(a.score, TFIM))]


def test_inside_the_target_the_smaller_circuit_wins_outside_it_the_smaller_error():
    exact = valid("exact", 1.0, error=1e-12, two_qubit_gates=16)
    small = valid("small", 0.9, error=INSIDE, two_qubit_gates=4)
    near = valid("near", 0.5, error=OUTSIDE, two_qubit_gates=2)
    far = valid("far", 0.1, error=0.5, two_qubit_gates=0)
    assert best_first(far, near, exact, small) == ["small", "exact", "near", "far"]


def test_parameters_break_a_tie_of_gates():
    many = valid("many", 1.0, error=INSIDE / 2, parameters=12)
    few = valid("few", 1.0, error=INSIDE, parameters=3)
    assert best_first(many, few) == ["few", "many"]


def test_the_leaderboard_takes_valid_distinct_circuits_and_says_when_a_place_changes():
    board = Leaderboard(TFIM, 2)
    assert not board.offer([failed("x")])
    assert board.offer([valid("a", 0.1, error=0.1), valid("a", 0.1, step=2, error=0.1)])
    assert board.offer([valid("b", 0.05, error=0.2), valid("c", 0.01, error=0.3)])
    assert not board.offer([valid("e", 0.01, error=0.3)])
    assert [a.id for a in board.attempts] == ["s00001-a", "s00001-b"]
    assert board.offer([valid("d", 0.9, error=INSIDE)])


def test_the_target_is_relative_for_a_model():
    assert target_met(valid("a", 1.0, error=INSIDE).score, TFIM)
    assert not target_met(valid("a", 1.0, error=OUTSIDE).score, TFIM)
    assert not target_met(failed("x").score, TFIM)


def test_of_equal_circuits_the_cheaper_compilation_stands():
    board = Leaderboard(TFIM, 2)
    board.offer([valid("a", 1.0, error=INSIDE, two_qubit_gates=9)])
    assert board.offer([valid("a", 1.1, step=2, error=INSIDE, two_qubit_gates=5)])
    assert [a.id for a in board.attempts] == ["s00002-a"]


def test_the_leaderboard_is_that_of_sorting_everything():
    draw = random.Random(5)
    attempts = [
        valid(
            f"h{draw.randrange(40)}", 0.5, step=step, error=draw.choice((1e-4, 0.3)), two_qubit_gates=draw.randrange(9)
        )
        for step in range(300)
    ]
    best: dict = {}
    for attempt in attempts:
        place = (rank(attempt.score, TFIM), attempt.id)
        key = attempt.score.circuit_hash
        best[key] = min(best.get(key, (place, attempt)), (place, attempt), key=lambda pair: pair[0])
    expected = [attempt for _, attempt in sorted(best.values(), key=lambda pair: pair[0])[:5]]
    board = Leaderboard(TFIM, 5)
    board.offer(iter(attempts))
    assert board.attempts == expected


def test_of_a_circuit_and_what_pruning_made_of_it_only_the_best_stands():
    board = Leaderboard(TFIM, 3)
    written = valid("a", 1.0, error=INSIDE, two_qubit_gates=9)
    less, least, worse = (
        replace(valid(name, 1.0, step=2, error=INSIDE, two_qubit_gates=g), prompt_id=PRUNED, parents=(written.id,))
        for name, g in (("b", 7), ("c", 5), ("d", 6))
    )
    board.offer([written, valid("e", 1.0, error=INSIDE, two_qubit_gates=8), less, least, worse])
    assert [a.score.circuit_hash for a in board.attempts] == ["c", "e"]
    assert not board.offer([valid("a", 1.0, step=3, error=INSIDE, two_qubit_gates=9)]), "nor does it come back"
