"""What a result depends on beside the config: versions, machine, source state, engine. Written once a run."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.machine import installed_versions, processor
from quantum.vqe import engine_fingerprint

PACKAGES = (
    *("quantummind", "numpy", "scipy", "numba", "qiskit", "qiskit-aer", "matplotlib"),
    *("torch", "transformers", "trl", "datasets", "peft", "accelerate", "bitsandbytes", "unsloth"),
)


@lru_cache(maxsize=1)
def package_versions() -> dict[str, str]:
    """The installed versions of what results may depend on."""
    return installed_versions(PACKAGES)


def describe_environment(seed: int) -> dict[str, Any]:
    """JSON for environment.json."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "python": platform.python_version(),
        "packages": package_versions(),
        "machine": {"system": platform.platform(), "processor": processor(), "cores": os.cpu_count()},
        "source": _source_state(),
        "engine_fingerprint": engine_fingerprint(),
    }


def _source_state() -> dict[str, Any] | None:
    """The commit of the source tree and whether it has changes; None outside a checkout."""
    root = Path(__file__).resolve().parent.parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != root:
            return None
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None
