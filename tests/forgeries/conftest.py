from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from loop.routing import route
from loop.verify import Verifier
from quantum import formats
from quantum.problem import resolve_problem
from tests.forgeries import workshop


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forgeries") / "honest"
    workshop.export(folder, workshop.confirmed())
    return folder


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest export: a function and its certificate."""
    folder = tmp_path_factory.mktemp("forgeries") / "plain"
    found = workshop.confirmed(problem=resolve_problem("tfim", (2,)))
    workshop.export(folder, found, ("json",), device=None)
    return folder


@pytest.fixture(scope="session")
def verifier() -> Iterator[Verifier]:
    """One for all; what the exporter draws and routes is the same each time, and here it is done once."""
    with pytest.MonkeyPatch.context() as patch, Verifier() as verifier:
        patch.setattr("loop.export.formats.to_svg", lru_cache(formats.to_svg))
        patch.setattr("loop.export.route", lru_cache(route))
        yield verifier
