from __future__ import annotations

import random
import sqlite3

import pytest

from loop.config import MemorySection
from loop.memory import Mark, Memory, MemoryMismatch
from tests.loop.helpers import failed, valid


@pytest.fixture
def memory(tmp_path):
    with Memory(tmp_path / "memory.sqlite") as opened:
        yield opened


def test_best_is_by_reward_and_equal_circuits_count_once(memory):
    memory.add([valid("a", 0.2), valid("b", 0.9), valid("a", 0.2, step=2), failed("x")])
    assert [one.entry.hash for one in memory.best(5)] == ["b", "a"]


def test_a_failed_attempt_is_never_shown(memory):
    memory.add([failed(str(k)) for k in range(20)])
    always = MemorySection(share=1.0)
    assert all(memory.sample(random.Random(k), always) == [] for k in range(50))


def test_inspirations_are_sorted_worst_to_best(memory):
    memory.add([valid(name, reward) for name, reward in (("a", 0.1), ("b", 0.5), ("c", 0.9))])
    settings = MemorySection(share=1.0, inspirations=2, epsilon=0.3)
    for k in range(50):
        rewards = [one.reward for one in memory.sample(random.Random(k), settings)]
        assert rewards == sorted(rewards)


def test_the_share_without_memory_is_kept(memory):
    memory.add([valid("a", 0.5)])
    settings = MemorySection(share=0.3)
    shown = sum(bool(memory.sample(random.Random(k), settings)) for k in range(2000))
    assert 500 < shown < 700


def test_epsilon_reaches_beyond_the_pool(memory):
    memory.add([valid(f"c{k:02d}", k / 30) for k in range(30)])

    def seen(epsilon: float) -> set[str]:
        settings = MemorySection(share=1.0, top_k=3, epsilon=epsilon)
        return {one.id for k in range(400) for one in memory.sample(random.Random(k), settings)}

    assert len(seen(0.0)) == 3
    assert len(seen(0.5)) > 20


def test_rewind_goes_back_to_the_very_state(memory):
    memory.add([valid("a", 0.2), failed("x")])
    mark, best = memory.mark(), memory.best(5)
    memory.add([valid("b", 0.9, step=2)])
    assert memory.mark() != mark
    memory.rewind(mark)
    assert (memory.mark(), memory.best(5)) == (mark, best)


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
