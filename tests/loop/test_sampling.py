from __future__ import annotations

import random
import sqlite3

import pytest

from loop import memory as queries
from loop.config import MemorySection
from loop.front import NEXT_CELL
from loop.memory import Memory
from loop.sampling import Sampler, puct
from rewards.remembered import Figures, Remembered
from tests.loop.helpers import child, failed, valid


@pytest.fixture
def memory(tmp_path):
    with Memory(tmp_path / "memory.sqlite") as opened:
        yield opened


def picks(memory, count=50, **settings):
    """What `count` prompts of different steps show."""
    section = MemorySection(**{"share": 1.0, **settings})
    return [Sampler(memory, section).pick(random.Random(k)) for k in range(count)]


@pytest.mark.parametrize("sampler", ["greedy", "pareto", "puct"])
def test_a_failed_attempt_is_never_shown(memory, sampler):
    memory.add([failed(str(k)) for k in range(20)])
    assert picks(memory, sampler=sampler) == [[]] * 50


@pytest.mark.parametrize("sampler", ["greedy", "pareto", "puct"])
def test_inspirations_are_sorted_worst_to_best(memory, sampler):
    memory.add([valid(name, reward) for name, reward in (("a", 0.1), ("b", 0.5), ("c", 0.9))])
    for chosen in picks(memory, sampler=sampler, inspirations=2, epsilon=0.3):
        rewards = [one.reward for one in chosen]
        assert rewards
        assert rewards == sorted(rewards)


def test_the_share_without_memory_is_kept(memory):
    memory.add([valid("a", 0.5)])
    assert 500 < sum(bool(chosen) for chosen in picks(memory, 2000, share=0.3)) < 700


def test_epsilon_reaches_beyond_the_pool(memory):
    memory.add([valid(f"c{k:02d}", k / 30) for k in range(30)])

    def seen(epsilon):
        return {one.id for chosen in picks(memory, 400, top_k=3, epsilon=epsilon) for one in chosen}

    assert len(seen(0.0)) == 3
    assert len(seen(0.5)) > 20


def test_pareto_shows_every_trade_and_nothing_else(memory):
    memory.add([valid("exact", 1.0, error=1e-9, two_qubit_gates=9), valid("small", 0.2, error=1e-1, two_qubit_gates=1)])
    memory.add([valid("worse", 0.9, error=1e-2, two_qubit_gates=9)])
    seen = {one.hash for chosen in picks(memory, sampler="pareto") for one in chosen}
    assert seen == {"exact", "small"}


def node(name: str, reward: float, shown: int, best_child: float | None) -> Remembered:
    return Remembered(name, "", name, reward, (Figures(4, 0.1, 1, 1, 1),), shown, best_child)


def test_pareto_shows_what_came_after_the_memory_was_empty(memory):
    assert picks(memory, 1, sampler="pareto") == [[]]
    memory.add([valid("first", 0.5)])
    assert [[one.hash for one in chosen] for chosen in picks(memory, 1, sampler="pareto")] == [["first"]]


def test_puct_goes_where_children_were_good_and_where_few_have_looked():
    fresh = [node("a", 1.0, 0, None), node("b", 0.5, 0, None), node("c", 0.0, 0, None)]
    assert puct(fresh, 0.0) == [1.0, 0.5, 0.0]
    values = puct(fresh, 1.0)
    assert values == [1.0 + 3 / 6, 0.5 + 2 / 6, 0.0 + 1 / 6]
    looked = puct([node("a", 1.0, 63, 0.2), *fresh[1:]], 1.0)
    assert looked == pytest.approx([0.2 + 0.5 * 8 / 64, 0.5 + 8 / 3, 8 / 6])


def test_puct_shows_a_circuit_once_a_step(memory):
    memory.add([valid(f"c{k}", k / 10) for k in range(3)])
    sampler = Sampler(memory, MemorySection(share=1.0, sampler="puct"))
    shown = [one.id for k in range(4) for one in sampler.pick(random.Random(k))]
    assert sorted(shown) == ["s00001-c0", "s00001-c1", "s00001-c2"]


@pytest.mark.parametrize("sampler", ["greedy", "puct"])
def test_of_one_family_only_so_many_are_shown_in_a_step(memory, sampler):
    memory.add([valid("root", 0.1), valid("other", 0.05)])
    memory.add([child(valid(f"c{k}", 0.9 + k / 100, step=2), "s00001-root") for k in range(5)])
    settings = {"share": 1.0, "epsilon": 0.0, "sampler": sampler}

    def shown(most):
        one_step = Sampler(memory, MemorySection(**settings, max_siblings=most))
        return [one.id for k in range(8) for one in one_step.pick(random.Random(k))]

    family = [name for name in shown(2) if name != "s00001-other"]
    assert len(family) == 2
    assert "s00001-other" in shown(2)
    assert len([name for name in shown(None) if name != "s00001-other"]) > 3


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """20 000 attempts, half of them distinct circuits."""
    path = tmp_path_factory.mktemp("large") / "memory.sqlite"
    draw = random.Random(0)
    with Memory(path) as memory:
        rows = [
            valid(f"h{k % 10_000}", draw.random(), step=k, two_qubit_gates=draw.randrange(30), error=draw.random())
            for k in range(20_000)
        ]
        memory.add(rows)
    return path


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (f"SELECT id FROM attempts {queries.BEST}", (8,)),
        (queries.NUMBERED, (9_000,)),
        ("SELECT id FROM attempts WHERE id = ?", ("s00001-h1",)),
        (NEXT_CELL, (3, 4)),
        ("SELECT MAX(novel) FROM attempts WHERE novel IS NOT NULL", ()),
        ("SELECT row, chain FROM attempts ORDER BY row DESC LIMIT 1", ()),
        (queries.LINE, ("s00001-h1", 3)),
        (queries.FAILURES, (19_900, 3)),
    ],
)
def test_what_a_prompt_asks_goes_by_an_index(large, query, values):
    with sqlite3.connect(large) as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    scans = [line for line in plan if line.startswith("SCAN attempts") and "INDEX" not in line]
    reading = [line for line in plan if "attempts" in line]
    assert reading
    if "ORDER BY row DESC" not in query:  # the end of the table itself
        assert scans == []
    if "GROUP BY" not in query:  # over the last attempts only
        assert not any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
