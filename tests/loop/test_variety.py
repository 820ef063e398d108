from __future__ import annotations

import pytest

from loop.config import MemorySection, VarietySection
from loop.variety import Variety

SETTINGS = VarietySection(threshold=0.5, patience=3, temperature=0.2, notches=2)


def watched(*shares):
    variety = Variety(SETTINGS)
    return variety, [variety.watch(share) for share in shares]


def test_a_notch_goes_up_only_after_enough_bad_steps_in_a_row():
    variety, said = watched(0.9, 0.9, 0.1, 0.9, 0.9, 0.9)
    assert variety.notch == 1
    assert [line is not None for line in said] == [False] * 5 + [True]
    assert "+0.20" in said[-1]


def test_a_notch_up_is_hotter_with_less_memory_and_the_largest_size():
    variety, _ = watched(*[1.0] * 3)
    assert variety.temperature(1.0) == pytest.approx(1.2)
    assert variety.memory(MemorySection(share=0.5)).share == 0.25
    assert list(variety.sizes([4, 8, 6])) == [8]
    usual, _ = watched()
    assert (usual.temperature(1.0), usual.sizes([4, 8]), usual.memory(MemorySection())) == (
        1.0,
        [4, 8],
        MemorySection(),
    )


def test_notches_are_bounded_and_come_down_again():
    variety, said = watched(*[1.0] * 30)
    assert variety.notch == 2
    assert sum(line is not None for line in said) == 2
    for _ in range(3):
        last = variety.watch(0.0)
    assert variety.notch == 1
    assert last is not None
    for _ in range(30):
        variety.watch(0.0)
    assert variety.notch == 0


def test_a_resumed_run_goes_on_in_the_same_place():
    shares = [1.0] * 2 + [0.0] + [1.0] * 8 + [0.2] * 9
    whole, said = watched(*shares)
    for cut in range(len(shares)):
        first, early = watched(*shares[:cut])
        second = Variety(SETTINGS)
        second.restore(first.state())
        assert early + [second.watch(share) for share in shares[cut:]] == said
        assert second.state() == whole.state()
