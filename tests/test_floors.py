"""The house: a room imports only from its own floor or below, and the lower floors know no training package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOOR = {"configs": 0, "quantum": 0, "rewards": 1, "models": 2, "sft": 3, "grpo": 3, "loop": 4}
TRAINING = {"torch", "trl", "transformers", "datasets", "peft", "accelerate", "bitsandbytes", "unsloth"}
MODULES = sorted(p for room in FLOOR for p in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level names of everything a module imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_from_its_own_floor_or_below(path):
    room = path.relative_to(ROOT).parts[0]
    above = {name for name in imported(path) & FLOOR.keys() if FLOOR[name] > FLOOR[room]}
    assert above == set()
    if FLOOR[room] <= 1:
        assert imported(path) & TRAINING == set()
