"""The one order of circuits, and that everything which ranks agrees with it."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.attempt import Attempt
from loop.best import Leaderboard
from loop.memory import Memory
from models.prompts import worst_to_best
from quantum.problem import resolve_problem
from rewards.components import yardstick
from rewards.ladder import failure_parts, valid_parts
from rewards.order import Rank, rank, rank_of
from rewards.record import Score, SizeScore
from rewards.remembered import Remembered
from rewards.settings import RewardSettings
from tests.loop.helpers import size_score

TFIM = resolve_problem("tfim")
GROWING = resolve_problem("tfim", (4, 6))
PROBLEMS = {1: TFIM, 2: GROWING}
SETTINGS = RewardSettings()

errors = st.one_of(st.floats(1e-14, 10.0), st.floats(-14.0, 1.0).map(lambda x: 10.0**x))
gates, parameters, depths = st.integers(0, 240), st.integers(0, 48), st.integers(0, 120)  # the limits at n = 4


@st.composite
def circuits(draw: st.DrawFn, sizes: int = 1) -> tuple[SizeScore, ...]:
    return tuple(
        replace(size_score(draw(errors), draw(gates), draw(parameters), n), depth=draw(depths))
        for n in PROBLEMS[sizes].sizes
    )


def reward_of(place: Rank, problem=TFIM) -> float:
    return sum(valid_parts(place, yardstick(problem), SETTINGS).values())


def scored(name: str, sizes: tuple[SizeScore, ...], problem, plateau: bool = False) -> Attempt:
    reward = reward_of(rank_of(sizes, problem, plateau_like=plateau), problem)
    reason = "barren_plateau" if plateau else None
    score = Score("ok", "done", reason=reason, reward=reward, circuit_hash=name, sizes=sizes)
    return Attempt(name, 1, "p", (), f"# {name}", score, 0.0)


def figures(error: float, gates: int, parameters: int = 8, depth: int = 7) -> tuple[SizeScore, ...]:
    return (replace(size_score(error, gates, parameters), depth=depth),)


def better(one: tuple[SizeScore, ...], other: tuple[SizeScore, ...], problem=TFIM) -> bool:
    return rank_of(one, problem) < rank_of(other, problem)


TARGET = TFIM.threshold(4)


def test_inside_the_target_gates_decide_then_parameters_then_depth_then_the_error() -> None:
    assert better(figures(0.9 * TARGET, 4), figures(0.01 * TARGET, 12))
    assert better(figures(0.9 * TARGET, 4, 7), figures(0.01 * TARGET, 4, 8))
    assert better(figures(0.9 * TARGET, 4, 8, 6), figures(0.01 * TARGET, 4, 8, 7))
    assert better(figures(0.1 * TARGET, 4), figures(0.9 * TARGET, 4))
    assert better(figures(TARGET, 300), figures(1.001 * TARGET, 0))
    assert better(figures(2 * TARGET, 300), figures(2.001 * TARGET, 0))


def test_several_sizes_have_the_worst_distance_to_the_target_and_the_sum_of_counts() -> None:
    four, six = GROWING.threshold(4), GROWING.threshold(6)

    def pair(error_4: float, error_6: float, gates_4: int, gates_6: int) -> tuple[SizeScore, ...]:
        return (
            size_score(error_4, gates_4, num_qubits=4),
            size_score(error_6, gates_6, num_qubits=6),
        )

    lean, dear = pair(0.9 * four, 0.9 * six, 6, 10), pair(0.01 * four, 0.01 * six, 9, 15)
    assert better(lean, dear, GROWING)
    assert reward_of(rank_of(lean, GROWING), GROWING) > reward_of(rank_of(dear, GROWING), GROWING)
    assert better(dear, pair(0.01 * four, 1.1 * six, 1, 1), GROWING)
    assert better(pair(1.2 * four, 1.1 * six, 9, 9), pair(0.1 * four, 1.3 * six, 1, 1), GROWING)


def test_a_plateau_like_family_comes_after_every_other_and_above_every_failure() -> None:
    far, near = rank_of(figures(9.0, 300), TFIM), rank_of(figures(1e-9, 0), TFIM, plateau_like=True)
    assert far < near
    assert reward_of(far) > 0 > reward_of(near) > sum(failure_parts("rejected", "dead_parameters", SETTINGS).values())


@pytest.mark.parametrize("sizes", [1, 2])
@given(data=st.data())
def test_the_reward_is_strictly_monotone_in_the_order(sizes: int, data: st.DataObject) -> None:
    problem = PROBLEMS[sizes]
    one, other = data.draw(circuits(sizes)), data.draw(circuits(sizes))
    if data.draw(st.booleans()):  # close neighbours: alike in all but one thing
        field = data.draw(st.sampled_from(["error", "two_qubit_gates", "parameters", "depth"]))
        change = 1.0001 if field == "error" else 1
        changed = getattr(one[0], field) * change if field == "error" else max(0, getattr(one[0], field) - change)
        other = (replace(one[0], **{field: changed}), *one[1:])
    plateaus = data.draw(st.tuples(st.booleans(), st.booleans()))
    ranks = [rank_of(c, problem, plateau_like=p) for c, p in zip((one, other), plateaus, strict=True)]
    rewards = [reward_of(place, problem) for place in ranks]
    assert (ranks[0] < ranks[1]) == (rewards[0] > rewards[1])
    assert (ranks[0] == ranks[1]) == (rewards[0] == rewards[1])
    assert all(-0.3 < reward <= 1.2 for reward in rewards)


@given(st.lists(circuits(), min_size=3, max_size=3))
def test_the_order_is_transitive_and_total(three: list[tuple[SizeScore, ...]]) -> None:
    a, b, c = sorted(rank_of(sizes, TFIM) for sizes in three)
    assert a <= b <= c
    assert a <= c


@pytest.mark.parametrize("sizes", [1, 2])
def test_leaderboard_memory_prompts_and_reward_rank_alike(tmp_path, sizes: int) -> None:
    problem, draw = PROBLEMS[sizes], random.Random(sizes)
    attempts = []
    for k in range(120):
        made = tuple(
            replace(
                size_score(
                    error=problem.threshold(n) * 10 ** draw.uniform(-4, 3),
                    two_qubit_gates=draw.randrange(6),
                    parameters=draw.randrange(1, 5),
                    num_qubits=n,
                ),
                depth=draw.randrange(1, 5),
            )
            for n in problem.sizes
        )
        attempts.append(scored(f"c{k:03d}", made, problem, plateau=draw.random() < 0.1))
    expected = [a.id for a in sorted(attempts, key=lambda a: (rank(a.score, problem), a.id))]
    board = Leaderboard(problem, len(attempts))
    board.offer(attempts)
    assert [a.id for a in board.attempts] == expected
    with Memory(tmp_path / "memory.sqlite") as memory:
        memory.add(attempts)
        ranked = [one.id for one in memory.best(len(attempts))]
    assert ranked == [name for name in expected if name in ranked]
    assert ranked[:5] == expected[:5]
    shown = worst_to_best(Remembered.of(a.id, "", a.score) for a in attempts)
    assert [one.id for one in reversed(shown)] == expected


def test_clearly_better_is_a_tenth_of_the_error_outside_and_a_count_inside() -> None:
    def clearly(one: tuple[SizeScore, ...], other: tuple[SizeScore, ...]) -> bool:
        return rank_of(one, TFIM).clearly_better_than(rank_of(other, TFIM))

    assert clearly(figures(1.7 * TARGET, 9), figures(2 * TARGET, 1))
    assert not clearly(figures(1.9 * TARGET, 1), figures(2 * TARGET, 9))
    assert clearly(figures(TARGET, 9), figures(2 * TARGET, 1))
    assert clearly(figures(TARGET, 8), figures(0.1 * TARGET, 9))
    assert not clearly(figures(0.1 * TARGET, 9), figures(TARGET, 9))
    assert not any(clearly(one, one) for one in (figures(TARGET, 9), figures(2 * TARGET, 9)))


@pytest.mark.parametrize("name", ["tfim", "xy", "heisenberg", "h2", "lih", "beh2"])
def test_a_reference_circuit_inside_the_target_earns_one(name: str) -> None:
    problem = resolve_problem(name)
    counts = yardstick(problem)
    place = Rank(False, 0.0, counts.two_qubit_gates, 0, 0, -3.0)
    assert reward_of(place, problem) == pytest.approx(1.0, abs=0.01)


def test_distances_span_the_ladder() -> None:
    product = Rank(False, yardstick(TFIM).decades, 0, 4, 1, 0.0)
    worse = product._replace(decades_missed=product.decades_missed + 1)
    ladder = [worse, product, product._replace(decades_missed=0.5), Rank(False, 0.0, 18, 6, 17, -1.0)]
    rewards = [reward_of(place) for place in ladder]
    assert rewards == sorted(rewards)
    assert 0 < rewards[0] < rewards[1] == pytest.approx(0.04, abs=1e-6)
    assert 0.04 < rewards[2] < 0.8 < rewards[3]
    assert all(a < b for a, b in itertools.pairwise(rewards))
