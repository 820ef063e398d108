#!/usr/bin/env python3
"""Does a long run grow without bound? The loop with a policy that answers by script, its memory and disk by step.

    python benchmarks/soak.py                        # 400 steps of 16 attempts, prints a line every 50 steps
    python benchmarks/soak.py --steps 4000

Everything but the model is real: prompts from the memory, the sandbox, VQE, checkpoints, metrics. Prints, as JSON
lines, this process's resident memory, the bytes of each file of the run, and their growth an attempt; exits with 1 when
over the second half memory grows by more than 1 KiB an attempt beyond the pages that SQLite keeps of its file (at most
64 MiB), or anything but attempts.jsonl, metrics.jsonl and memory.sqlite grows.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from loop import discover
from loop.config import load_run_config

MEMORY = ("memory.sqlite", "memory.sqlite-wal", "memory.sqlite-shm")
GROWING = ("attempts.jsonl", "metrics.jsonl", "environment.json", *MEMORY)
GATES = ("circuit.ry(t[{p}], {a})", "circuit.rz(t[{p}], {a})", "circuit.rzz(t[{p}], {a}, {b})", "circuit.cx({a}, {b})")


class Scripted:
    """Random circuits, one in eight broken; what `loop.discover` needs of a policy."""

    profile = SimpleNamespace(prompt_style="full")
    device = SimpleNamespace(type="cpu")

    def generate(self, prompts: Sequence[Any], *, seed: int, **_: Any) -> list[str]:
        draw = random.Random(seed)
        return [self.answer(draw) for _ in prompts]

    def answer(self, draw: random.Random) -> str:
        lines = [f"circuit.ry(t[{q}], {q})" for q in range(4)]
        for p in range(4, 4 + draw.randrange(3, 9)):
            a, b = draw.sample(range(4), 2)
            lines.append(draw.choice(GATES).format(p=p, a=a, b=b))
        if draw.random() < 0.125:
            lines.append("circuit.no_such_gate(0)")
        body = "".join(f"    {line}\n" for line in lines)
        return (
            "```python\nfrom qiskit import QuantumCircuit\nfrom qiskit.circuit import ParameterVector\n\n"
            "def create_ansatz(num_qubits):\n    t = ParameterVector('t', 12)\n"
            f"    circuit = QuantumCircuit(num_qubits)\n{body}    return circuit\n```"
        )

    @staticmethod
    def tokenizer(texts: Sequence[str], **_: Any) -> dict[str, list[list[int]]]:
        return {"input_ids": [[0] * len(text.split()) for text in texts]}


def resident_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def usage(path: Path, step: int) -> dict[str, Any]:
    files = {file: file.stat().st_size for file in path.rglob("*") if file.is_file()}
    sizes = {name: sum(size for file, size in files.items() if file.name == name) for name in GROWING}
    rest = sum(size for file, size in files.items() if file.name not in GROWING)
    return {"step": step, "resident_kib": resident_kib(), "rest": rest, **sizes}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--every", type=int, default=50)
    arguments = parser.parse_args()
    seen: list[dict[str, Any]] = []
    discover._load_policy = lambda config, path: Scripted()  # type: ignore[assignment, return-value]
    settings = ["problem=tfim", f"run.steps={arguments.steps}", "run.train=false", "vqe.restarts=4", "held_out=[]"]
    config = load_run_config(None, [*settings, "run.prune=false", "memory.share=1", "memory.sampler=puct"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        original = discover.Explorer.checkpoint

        def checkpoint(self: Any, step: int) -> None:
            original(self, step)
            if step % arguments.every == 0:
                seen.append(usage(path, step))
                print(json.dumps(seen[-1]), flush=True)

        discover.Explorer.checkpoint = checkpoint  # type: ignore[method-assign]
        discover.discover(config, path, Console(quiet=True))
    half, last = seen[len(seen) // 2 - 1], seen[-1]
    attempts = (last["step"] - half["step"]) * config.grpo["per_device_train_batch_size"]
    growth = {name: (last[name] - half[name]) / attempts for name in half if name not in ("step", "environment.json")}
    growth["resident_bytes"] = growth.pop("resident_kib") * 1024
    print(json.dumps({"bytes_an_attempt_in_the_second_half": growth}))
    beyond = growth["resident_bytes"] - growth["memory.sqlite"]
    sys.exit(int(beyond > 1024 or growth["rest"] * attempts > 200_000))


if __name__ == "__main__":
    main()
