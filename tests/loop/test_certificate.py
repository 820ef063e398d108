from __future__ import annotations

import copy

import pytest

from loop import certificate

DOCUMENT = {
    "format": 1,
    "date": "2026-11-20T10:00:00+00:00",
    "score": {"reward": 1.05, "sizes": [{"energy": -4.758770483144, "best_parameters": [0.1, 0.2]}]},
}


def sealed():
    document = copy.deepcopy(DOCUMENT)
    document["seal"] = certificate.seal(document)
    return document


def test_an_untouched_document_has_no_broken_seal():
    assert certificate.broken_seals(sealed()) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d.update(date="2026-11-21T10:00:00+00:00"), "date"),
        (lambda d: d["score"].update(reward=1.06), "score.reward"),
        (lambda d: d["score"]["sizes"][0].update(energy=-4.758770483145), "score.sizes[0].energy"),
        (lambda d: d["score"]["sizes"][0]["best_parameters"].__setitem__(1, 0.3), "score.sizes[0].best_parameters"),
        (lambda d: d["seal"].update(date="0" * 16), "date"),
        (lambda d: d["score"].update(added=1), "score.added"),
        (lambda d: d.pop("date"), "date (missing)"),
    ],
)
def test_a_change_is_named(change, named):
    document = sealed()
    change(document)
    assert certificate.broken_seals(document) == [named]
