"""The Hamiltonian files beside the repository: published instances that tests compare with where they are present."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2].parent / "shared" / "hamiltonians"
FILES = sorted(FOLDER.glob("*.json")) or [
    pytest.param(FOLDER / "absent.json", marks=pytest.mark.skip(reason=f"no {FOLDER}"))
]


def read(name: str) -> dict[str, Any]:
    """The content of one file; skips the test where it is absent."""
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"no {path}")
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content
