"""Nothing that comes with a model runs as code: every loader is told so, none is left to ask."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LOADERS = {"from_pretrained", "SentenceTransformer"}
ADAPTERS = {"PeftModel"}  # takes no such argument: an adapter holds no code


def calls(path: Path) -> list[ast.Call]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name in LOADERS and owner not in ADAPTERS:
                found.append(node)
    return found


@pytest.mark.parametrize("room", ["models", "sft", "grpo", "loop"])
def test_every_loader_is_told_to_trust_no_code(room: str) -> None:
    for path in (PROJECT / room).rglob("*.py"):
        for call in calls(path):
            said = {keyword.arg: keyword.value for keyword in call.keywords}
            spread = 'arguments["trust_remote_code"] = False' in path.read_text(encoding="utf-8") and None in said
            trusts = said.get("trust_remote_code")
            assert spread or (isinstance(trusts, ast.Constant) and trusts.value is False), f"{path}:{call.lineno}"
