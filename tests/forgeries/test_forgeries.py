"""Every forgery of the corpus is named by `verify`; what is honest holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from loop.verify import Verifier
from tests.forgeries.recipes import document, figures, files, source
from tests.forgeries.workshop import FORGERIES, Export, Forgery

RECIPES = (document, figures, files, source)


def test_what_is_honest_holds(honest: Path, verifier: Verifier) -> None:
    found = verifier.verify(honest)
    assert (found.outcome, found.sentence) == ("holds", f"yes, all {len(found.checks)} figures hold")
    assert all(check.ok for check in found.checks)


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_a_forgery_is_named(forgery: Forgery, honest: Path, verifier: Verifier, tmp_path: Path) -> None:
    folder = tmp_path / "forged"
    shutil.copytree(honest, folder)
    export = Export(folder)
    forgery.edit(export)
    if forgery.sealed:
        export.digest_files()
        export.seal()
    found = verifier.verify(folder)
    assert found.outcome == forgery.outcome, found.sentence
    named = found.failed if forgery.outcome == "does not hold" else found.not_derived
    assert any(figure == forgery.named or figure.startswith(f"{forgery.named}.") for figure in named), found.sentence


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(FORGERIES) >= 40
    assert len({forgery.name for forgery in FORGERIES}) == len(FORGERIES)
