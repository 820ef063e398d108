#!/usr/bin/env python3
"""How long choosing what a prompt shows takes when the memory holds a million attempts, and how large its file is.

    python benchmarks/memory_scale.py                        # 1 000 000 attempts, a few minutes to fill
    python benchmarks/memory_scale.py --attempts 100000

A third of the attempts fail, a third are new circuits, a third are known ones; every valid one has a parent among the
best of its time. Prints one JSON line a sampler: the median and the slowest of 200 steps of four prompts, per prompt.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from loop.attempt import Attempt
from loop.config import MemorySection
from loop.memory import Memory
from loop.sampling import Sampler
from rewards.record import Score, SizeScore

STEP = 500
CODE = "def create_ansatz(num_qubits):\n" + "    circuit.ry(t[0], 0)\n" * 20


def attempts(count: int, draw: random.Random) -> Iterator[list[Attempt]]:
    """The attempts of every step."""
    circuits: list[str] = []
    for step in range(count // STEP):
        made = []
        for k in range(STEP):
            name, kind = f"s{step:05d}-{k:03d}", draw.randrange(3)
            if kind == 0:
                score = Score("failed", "sandbox", reason="exception", message="it failed", reward=-0.6)
            else:
                if kind == 1 or not circuits:
                    circuits.append(name)
                score = valid(draw.choice(circuits[-5000:]) if kind == 2 else circuits[-1], draw)
            made.append(Attempt(name, step, f"s{step:05d}-g{k // 8}", (), CODE, score, 0.1))
        yield made


def valid(name: str, draw: random.Random) -> Score:
    error = 10 ** draw.uniform(-8, 0)
    gates, parameters = draw.randrange(24), draw.randrange(1, 25)
    counts = (gates, 9, gates + 3, gates, parameters, 0)
    size = SizeScore(4, error - 4, -4.0, "dense", error, error / 4, *counts, (), 16, 9, 99, 0.1, 1.0)
    return Score("ok", "done", reward=1 - gates / 60 - error, circuit_hash=name, sizes=(size,))


def fill(path: Path, count: int) -> None:
    draw = random.Random(0)
    with Memory(path) as memory:
        for made in attempts(count, draw):
            best = [one.id for one in memory.best(20)]
            if best:
                made = [replace(one, parents=(draw.choice(best),)) if k % 2 else one for k, one in enumerate(made)]
            memory.add(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attempts", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.sqlite"
        start = time.perf_counter()
        fill(path, arguments.attempts)
        filled = time.perf_counter() - start
        with Memory(path) as memory:
            rows, distinct, size = memory.mark().rows, memory.distinct(), path.stat().st_size
            print(json.dumps({"attempts": rows, "distinct": distinct, "bytes": size, "fill_s": filled}), flush=True)
            for name in ("greedy", "pareto", "puct"):
                settings = MemorySection(share=1.0, sampler=name, inspirations=2)  # type: ignore[arg-type]
                times = []
                for k in range(200):
                    start = time.perf_counter()
                    sampler = Sampler(memory, settings)
                    for group in range(4):
                        sampler.pick(random.Random(4 * k + group))
                    times.append((time.perf_counter() - start) / 4 * 1000)
                print(json.dumps({"sampler": name, "median_ms": statistics.median(times), "slowest_ms": max(times)}))


if __name__ == "__main__":
    main()
