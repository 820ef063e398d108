"""Intervals and tests against published values."""

from __future__ import annotations

import pytest

from sft.validation.shares import Share, paired, unpaired, wilson


def test_wilson_matches_published_intervals() -> None:
    # Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for hits, total, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        assert wilson(hits, total) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_interval_of_a_difference_matches_published_values() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 873), table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/10.
    for (a, m), (b, n), low, high in [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ]:
        found = unpaired(Share(b, n), Share(a, m))
        assert found.value == pytest.approx(a / m - b / n)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_fishers_test_is_the_lady_tasting_teas() -> None:
    # Fisher 1935: 3 of 4 against 1 of 4; two-sided 34/70.
    assert unpaired(Share(1, 4), Share(3, 4)).p == pytest.approx(34 / 70)


def test_mcnemar_counts_the_answers_that_changed_and_no_others() -> None:
    gained, lost, same = [(False, True)] * 6, [(True, False)] * 1, [(True, True)] * 93
    before, after = zip(*gained, *lost, *same, strict=True)
    found = paired(before, after)
    assert found.value == pytest.approx(0.05)
    assert found.p == pytest.approx(2 * (1 + 7) / 2**7)  # at most one of seven fair coins, two-sided
    assert found.low < 0.05 < found.high
    unchanged = paired([True] * 10, [True] * 10)
    assert (unchanged.value, unchanged.p) == (0.0, 1.0)
