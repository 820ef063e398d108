"""A policy that answers by script, for runs in which everything but the model is real."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from loop.cli import main
from loop.config import load_run_config
from loop.discover import discover
from loop.run import Run

SETTINGS = [
    *("run.train=false", "run.workers=0", "run.top=1", "run.prune=false", "run.confirm_restarts=4", "run.steps=3"),
    *("grpo.per_device_train_batch_size=4", "grpo.num_generations=2", "search.decoding.temperatures=[1.0]"),
    *("memory.share=1", "memory.epsilon=0", "vqe.restarts=4", "sizes=[2]", "held_out=[]"),
]


def ansatz(gates: int, name: str = "t") -> str:
    """An RY row, then so many (cx, ry) pairs, as a fenced answer."""
    pairs = "".join(f"    circuit.cx(0, 1)\n    circuit.ry({name}[{2 + k}], 1)\n" for k in range(gates))
    return (
        "```python\nfrom qiskit import QuantumCircuit\nfrom qiskit.circuit import ParameterVector\n\n"
        "def create_ansatz(num_qubits):\n"
        f'    {name} = ParameterVector("{name}", {2 + gates})\n    circuit = QuantumCircuit(num_qubits)\n'
        f"    for q in range(2):\n        circuit.ry({name}[q], q)\n{pairs}    return circuit\n```"
    )


class Scripted:
    """`script(prompt, draw)` gives the answer to the text of a prompt; every prompt is kept."""

    def __init__(self, script: Callable[[str, random.Random], str], style: str = "full") -> None:
        self.script = script
        self.prompts: list[str] = []
        self.profile = SimpleNamespace(prompt_style=style)
        self.device = SimpleNamespace(type="cpu")

    def generate(self, prompts: Sequence[Sequence[dict[str, str]]], *, seed: int, **_: Any) -> list[str]:
        texts = ["\n".join(message["content"] for message in messages) for messages in prompts]
        self.prompts += texts
        draw = random.Random(seed)
        return [self.script(text, draw) for text in texts]

    @staticmethod
    def tokenizer(texts: Sequence[str], **_: Any) -> dict[str, list[list[int]]]:
        return {"input_ids": [[0] * len(text.split()) for text in texts]}


def start(monkeypatch: pytest.MonkeyPatch, policy: Scripted, path: Path, *more: str) -> Run:
    """A run of three steps at two qubits."""
    monkeypatch.setattr("loop.discover._load_policy", lambda config, path: policy)
    config = load_run_config(None, ["problem=tfim", *SETTINGS, *more])
    return discover(config, path, Console(stderr=True)).run


def quantummind(monkeypatch: pytest.MonkeyPatch, policy: Scripted, *arguments: object) -> int:
    """Run the command with this policy; its exit code."""
    monkeypatch.setattr("loop.discover._load_policy", lambda config, path: policy)
    monkeypatch.setattr("loop.report.page.report_at_end", lambda run: "none")
    settings = [part for setting in SETTINGS for part in ("--set", setting)] if arguments[0] == "discover" else []
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments), *settings])
    return int(end.value.code or 0)
