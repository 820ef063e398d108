#!/usr/bin/env python3
"""Train the embedded model on a GPU in several shapes at once, on one corpus, and measure what each of them writes.

    python benchmarks/gpu/embedded.py OUT [--shapes 4x128:2e-3,6x128:2e-3] [--steps 6000] [--corpus corpus.jsonl.gz]

A shape is LAYERSxWIDTH:LEARNING_RATE; everything else is configs/sft/embedded.yaml. Such models are so small that
a GPU trains several at once. Writes OUT/corpus.jsonl.gz, OUT/<shape>.tar.gz (the build without checkpoints and corpus)
and OUT/<shape>.json (`quantummind validate --context`), and prints one line a shape.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tarfile
import time
from pathlib import Path

CONFIG = Path("configs/sft/embedded.yaml")


def make_corpus(target: Path, ready: Path | None) -> None:
    from models.config import load_config
    from sft.config import SftSettings
    from sft.corpus.build import build_corpus
    from sft.corpus.rows import save_rows

    if ready:
        target.write_bytes(gzip.decompress(ready.read_bytes()))
        return
    settings = load_config(SftSettings, CONFIG)
    started = time.time()
    rows = build_corpus(settings.corpus, settings.workers)
    save_rows(rows, target)
    print(f"corpus: {len(rows)} rows in {time.time() - started:.0f} s", flush=True)


def start(shape: str, build: Path, corpus: Path, steps: int) -> subprocess.Popen[bytes]:
    size, rate = shape.split(":")
    layers, width = map(int, size.split("x"))
    build.mkdir(parents=True)
    (build / "corpus.jsonl").symlink_to(corpus)
    sets = {
        "scratch.num_hidden_layers": layers,
        "scratch.hidden_size": width,
        "scratch.intermediate_size": 3 * width,
        "training.learning_rate": rate,
        "training.max_steps": steps,
    }
    overrides = [part for key, value in sets.items() for part in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "loop.cli", "sft", str(CONFIG), "--to", str(build), *overrides]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def measure(build: Path, target: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "loop.cli", "validate", str(build), "--context", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE)
    target.write_bytes(done.stdout)
    record = json.loads((build / "build.json").read_text())
    keys = ("parameters", "validation_loss", "seconds", "train_rows")
    return {key: record.get(key) for key in keys}


def pack(build: Path, target: Path) -> None:
    with tarfile.open(target, "w:gz") as archive:
        for path in sorted(build.iterdir()):
            if path.is_file() and path.name != "corpus.jsonl":
                archive.add(path, path.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shapes", default="4x128:2e-3")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--work", type=Path, default=Path("/tmp/embedded"))
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    corpus = (arguments.work / "corpus.jsonl").resolve()
    if not corpus.exists():
        make_corpus(corpus, arguments.corpus)
        with gzip.open(arguments.out / "corpus.jsonl.gz", "wb", compresslevel=6) as packed:
            packed.write(corpus.read_bytes())
    shapes = arguments.shapes.split(",")
    builds = {shape: arguments.work / shape.replace(":", "-") for shape in shapes}
    started = time.time()
    running = [start(shape, build, corpus, arguments.steps) for shape, build in builds.items()]
    for process in running:
        process.wait()
    print(f"trained in {time.time() - started:.0f} s", flush=True)
    for shape, build in builds.items():
        if not (build / "build.json").exists():
            print(json.dumps({"shape": shape, "failed": True}), flush=True)
            continue
        pack(build, arguments.out / f"{build.name}.tar.gz")
        print(json.dumps({"shape": shape, **measure(build, arguments.out / f"{build.name}.json")}), flush=True)


if __name__ == "__main__":
    main()
