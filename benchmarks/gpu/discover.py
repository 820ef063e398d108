#!/usr/bin/env python3
"""The default discovery config on a GPU: does it run, resume and verify there, and how long does a step take?

    python benchmarks/gpu/discover.py [--steps 12] [--device cuda]

Prints one JSON line: median seconds of a step in sample, reward and train (the first step left out),
the best circuit, and whether the run resumed and its export verified.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


def quantummind(*arguments: object) -> int:
    command = [sys.executable, "-m", "loop.cli", *map(str, arguments)]
    return subprocess.run(command, stdout=sys.stderr).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        device = ("--set", f"model.device={arguments.device}")
        started = quantummind("discover", "tfim", "--steps", arguments.steps, "--run", run, *device) == 0
        resumed = started and quantummind("resume", run, "--steps", 2) == 0
        verified = resumed and quantummind("verify", run) == 0
        steps = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()] if started else []
        environment = json.loads((run / "environment.json").read_text()) if started else {}
    seconds = {name: statistics.median(s["seconds"][name] for s in steps[1:]) for name in ("sample", "reward", "train")}
    print(
        json.dumps(
            {
                "device": arguments.device,
                "machine": environment.get("machine"),
                "packages": environment.get("packages"),
                "sandbox_level": (environment.get("sandbox") or {}).get("level"),
                "started": started,
                "resumed": resumed,
                "verified": verified,
                "steps": len(steps),
                "seconds_a_step": seconds,
                "best_error": steps[-1]["best_error"] if steps else None,
                "best_two_qubit_gates": steps[-1]["best_two_qubit_gates"] if steps else None,
            }
        )
    )


if __name__ == "__main__":
    main()
