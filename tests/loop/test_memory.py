from __future__ import annotations

import random
import sqlite3
from dataclasses import replace

import pytest

from loop.memory import Mark, Memory, MemoryMismatch
from quantum.errors import RequestError
from tests.loop.helpers import child, failed, valid


@pytest.fixture
def memory(tmp_path):
    with Memory(tmp_path / "memory.sqlite") as opened:
        yield opened


def test_best_is_by_reward_and_equal_circuits_count_once(memory):
    memory.add([valid("a", 0.2), valid("b", 0.9), valid("a", 0.2, step=2), failed("x")])
    assert [one.hash for one in memory.best(5)] == ["b", "a"]


def test_a_cheaper_compilation_of_a_known_circuit_takes_its_place(memory):
    memory.add([valid("a", 0.5, two_qubit_gates=6), valid("b", 0.7, two_qubit_gates=6)])
    memory.add([valid("a", 0.6, step=2, two_qubit_gates=4), valid("a", 0.4, step=3, two_qubit_gates=8)])
    memory.add([valid("b", 0.7, step=2, two_qubit_gates=6)])
    assert [one.id for one in memory.best(5)] == ["s00001-b", "s00002-a"]
    assert memory.best(5)[1].cost[0] == 4
    assert memory.numbered(1) == "s00002-a"
    assert memory.distinct() == 2


def test_a_circuit_is_known_unless_it_comes_cheaper_or_failed(memory):
    memory.add([valid("a", 0.5, two_qubit_gates=6)])
    known = [valid("a", 0.5, two_qubit_gates=gates).score for gates in (6, 8)]
    strange = [valid("a", 0.6, two_qubit_gates=4).score, valid("b", 0.5).score, failed("a").score]
    assert [memory.knows(score) for score in (*known, *strange)] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("figures", "new"),
    [
        ({}, False),
        ({"error": 0.02 + 0.9e-7}, False),
        ({"error": 0.02 + 1.2e-7}, True),
        ({"two_qubit_gates": 7}, False),
        ({"parameters": 9}, False),
        ({"two_qubit_gates": 5}, True),
        ({"two_qubit_gates": 7, "parameters": 7}, True),
    ],
)
def test_another_hash_with_the_same_error_and_nowhere_lower_counts_is_nothing_new(memory, figures, new):
    memory.add([valid("a", 0.5, error=0.02)])
    other = valid("b", 0.5, **{"error": 0.02, **figures})
    assert memory.knows(other.score) == (not new)
    memory.add([other])
    assert memory.distinct() == 1 + new
    assert len(memory.best(5)) == 1 + new


def test_what_is_no_better_is_no_news_but_only_the_same_again_is_a_repeat(memory):
    memory.add([valid("a", 0.9, error=0.02, two_qubit_gates=4)])
    dearer = valid("b", 0.7, error=0.02, two_qubit_gates=9)
    assert memory.knows(dearer.score)
    assert not memory.has(dearer.score)
    memory.add([dearer])
    assert memory.has(dearer.score), "it has come now, though it stands nowhere"
    assert memory.has(valid("c", 0.7, error=0.02, two_qubit_gates=9).score), "by its error and counts"
    assert not memory.has(valid("b", 0.8, error=0.02, two_qubit_gates=7).score)
    assert [one.hash for one in memory.best(5)] == ["a"]
    memory.add([valid("b", 0.95, step=2, error=0.02, two_qubit_gates=3)])
    assert [one.hash for one in memory.best(5)] == ["b", "a"]
    assert [memory.numbered(k) for k in range(1, memory.distinct() + 1)] == ["s00001-a", "s00002-b"]


def test_a_failed_attempt_never_outranks_a_valid_one(memory):
    memory.add([replace(failed("x"), score=replace(failed("x").score, reward=1.2)), valid("a", 0.0)])
    assert [one.id for one in memory.best(5)] == ["s00001-a"]
    assert memory.front() == ["s00001-a"]
    assert [one.id for one in memory.best(5)] == ["s00001-a"]


def test_the_front_is_that_of_comparing_all_pairs(memory):
    draw = random.Random(3)
    rows = [(draw.choice((1, 2, 3, 4, 5)), draw.choice((2, 4, 6, 8)), 10 ** draw.uniform(-3, 0)) for _ in range(300)]
    memory.add([valid(f"c{k}", 0.5, two_qubit_gates=g, parameters=p, error=e) for k, (g, p, e) in enumerate(rows)])

    def dominated(one):
        return any(all(x <= y for x, y in zip(other, one, strict=True)) and other != one for other in rows)

    entries = [memory.by_id(one) for one in memory.front()]
    found = [(*one.cost[:2], one.error) for one in entries]
    assert found == sorted(one for one in rows if not dominated(one))


def test_the_front_of_a_memory_that_grows_is_that_of_one_read_anew(memory, tmp_path):
    draw = random.Random(5)
    mark = None
    for step in range(40):
        names = [f"c{draw.randrange(60)}" for _ in range(6)]
        counts = [(draw.randrange(1, 9), draw.randrange(1, 9), 10 ** draw.uniform(-6, 0)) for _ in names]
        memory.add(
            [
                replace(valid(n, 0.5, two_qubit_gates=g, parameters=p, error=e), id=f"s{step}-{k}")
                for k, (n, (g, p, e)) in enumerate(zip(names, counts, strict=True))
            ]
        )
        if step == 20:
            memory.rewind(mark)
        if step == 10:
            mark = memory.mark()
        with Memory(tmp_path / "memory.sqlite") as anew:
            assert memory.front() == anew.front()


def test_parents_know_how_often_they_were_shown_and_what_came_of_it(memory):
    memory.add([valid("a", 0.2), valid("b", 0.3)])
    memory.add([child(valid("c", 0.9, step=2), "s00001-a"), child(failed("x", step=2), "s00001-a", "s00001-b")])
    nodes = {node.id: node for node in memory.best(5)}
    assert (nodes["s00001-a"].shown, nodes["s00001-a"].best_child) == (2, 0.9)
    assert (nodes["s00001-b"].shown, nodes["s00001-b"].best_child) == (1, -0.6)
    assert (nodes["s00002-c"].shown, nodes["s00002-c"].best_child) == (0, None)


def test_the_line_of_an_attempt_reaches_as_far_back_as_asked(memory):
    memory.add([valid("a", 0.1)])
    for step, name, parents in ((2, "b", ["s00001-a"]), (3, "c", ["s00002-b"]), (4, "d", ["s00003-c", "s00001-a"])):
        memory.add([child(valid(name, 0.1, step=step), *parents)])
    assert set(memory.line("s00003-c", 1)) == {"s00003-c", "s00002-b"}
    assert set(memory.line("s00003-c", 9)) == {"s00003-c", "s00002-b", "s00001-a"}
    assert set(memory.line("s00004-d", 2)) == {"s00004-d", "s00003-c", "s00001-a", "s00002-b"}


def test_failures_come_back_by_family_the_commonest_first(memory):
    memory.add([failed("a"), failed("b", "syntax_error"), failed("c"), valid("d", 0.1)])
    assert [(f.reason, f.times) for f in memory.failures(5)] == [("exception", 2), ("syntax_error", 1)]
    assert len(memory.failures(1)) == 1
    memory.add([valid("d", 0.1, step=step) for step in range(2, 260)])
    assert memory.failures(5) == []


def test_rewind_goes_back_to_the_very_state(memory):
    memory.add([valid("a", 0.2), failed("x")])
    mark, best = memory.mark(), memory.best(5)
    memory.add([valid("b", 0.9, step=2)])
    assert memory.mark() != mark
    memory.rewind(mark)
    assert (memory.mark(), memory.best(5)) == (mark, best)


def test_rewind_takes_back_what_follows_from_the_rows(memory):
    memory.add([valid("a", 0.2, two_qubit_gates=6), child(valid("b", 0.4), "s00001-a")])
    mark, nodes = memory.mark(), memory.best(5)
    memory.add([valid("a", 0.3, step=2, two_qubit_gates=5), child(valid("c", 0.9, step=2), "s00001-a")])
    memory.add([child(failed("x", step=3), "s00001-a", "s00001-b")])
    assert memory.best(5) != nodes
    memory.rewind(mark)
    assert memory.best(5) == nodes
    assert memory.distinct() == 2


def test_a_memory_of_an_older_version_is_one_line(tmp_path):
    with sqlite3.connect(tmp_path / "memory.sqlite") as old:
        old.execute("CREATE TABLE attempts (row INTEGER PRIMARY KEY)")
    with pytest.raises(RequestError, match="another version"):
        Memory(tmp_path / "memory.sqlite")


def test_the_same_attempts_give_the_same_mark(tmp_path):
    marks = []
    for name in ("one", "two"):
        with Memory(tmp_path / name) as memory:
            memory.add([valid("a", 0.2), valid("b", 0.3)])
            marks.append(memory.mark())
    assert marks[0] == marks[1]


def test_a_foreign_mark_is_refused_and_changes_nothing(memory):
    memory.add([valid("a", 0.2), valid("b", 0.9)])
    before = memory.mark()
    for mark in (Mark(1, "not the digest"), Mark(7, before.digest), Mark(0, before.digest)):
        with pytest.raises(MemoryMismatch):
            memory.rewind(mark)
    assert memory.mark() == before


def test_what_was_added_survives_an_unclean_end(tmp_path):
    path = tmp_path / "memory.sqlite"
    memory = Memory(path)
    memory.add([valid("a", 0.2)])
    rows = sqlite3.connect(path).execute("SELECT COUNT(*) FROM attempts").fetchone()
    assert rows == (1,)
    memory.close()


def test_a_copy_is_the_same_memory(memory, tmp_path):
    memory.add([valid("a", 0.2), valid("b", 0.9)])
    memory.copy_to(tmp_path / "copy.sqlite")
    with Memory(tmp_path / "copy.sqlite") as copy:
        assert copy.mark() == memory.mark()


def test_a_damaged_memory_is_one_line_or_the_very_same(tmp_path):
    """Bytes changed at random: sqlite's own pages, our rows, their digests."""
    path, broken = tmp_path / "memory.sqlite", tmp_path / "broken.sqlite"
    with Memory(path) as made:
        made.add([child(valid(f"c{k}", k / 40, step=k, error=0.1 + k), "s00000-c0") for k in range(40)])
        made.add([failed("x")])
        mark, front = made.mark(), made.front()
        made._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, draw, told = path.read_bytes(), random.Random(0), []
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(draw.choice((1, 1, 20))):
            data[draw.randrange(len(data))] = draw.randrange(256)
        broken.write_bytes(data[: draw.choice((len(data), draw.randrange(len(data))))])
        for left in tmp_path.glob("broken.sqlite-*"):
            left.unlink()
        try:
            with Memory.open(broken) as opened:
                assert opened.mark() == mark
                assert set(opened.front()) <= set(front)
        except RequestError as error:
            told.append(str(error))
    assert len(told) > 75
    assert not any("\n" in line for line in told)
