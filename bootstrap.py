#!/usr/bin/env python3
"""Make .venv and install QuantumMind with the locked versions: `python3 bootstrap.py train,dev`.

The one decision it takes: on a machine without an NVIDIA GPU, torch must be a CPU build. Where the configured package
index offers only the CUDA build (some gigabytes of packages that such a machine cannot use), the CPU build is fetched
with uv, which knows where it is kept. Set PYTHON in `make PYTHON=python3.12 ...` to choose the interpreter.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "constraints.txt"
CUDA_REQUIREMENTS = """
import json, sys
from pip._vendor.packaging.requirements import Requirement
needs = [Requirement(r) for r in json.load(sys.stdin)["install"][0]["metadata"].get("requires_dist", [])]
print(any(r.name.startswith(("nvidia", "cuda")) and (not r.marker or r.marker.evaluate({"extra": ""})) for r in needs))
"""


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def pip(*arguments: object) -> None:
    run(PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-c", LOCK, *arguments)


def has_nvidia_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None or Path("/dev/nvidiactl").exists()


def index_offers_only_cuda() -> bool:
    """Whether the torch that pip would take here requires CUDA packages (asked of its metadata, nothing installed)."""
    ask = [PYTHON, "-m", "pip", "install", "--dry-run", "--no-deps", "--ignore-installed", "--quiet", "--report", "-"]
    report = subprocess.run([*map(str, ask), "-c", str(LOCK), "torch"], check=True, capture_output=True, cwd=ROOT)
    answer = subprocess.run(
        [str(PYTHON), "-c", CUDA_REQUIREMENTS], input=report.stdout, check=True, capture_output=True
    )
    return answer.stdout.strip() == b"True"


def install_torch() -> None:
    if has_nvidia_gpu() or not index_offers_only_cuda():
        pip("torch")
        return
    pip("uv")
    run(PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--torch-backend", "cpu", "-c", LOCK, "torch")


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"QuantumMind needs Python 3.11 or newer, this is {sys.version.split()[0]}; try: make PYTHON=python3.11"
        )
    extras = sys.argv[1] if len(sys.argv) > 1 else "train"
    print(f"Setting up {VENV.name} ({extras}); this takes a minute or two, once.", flush=True)
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    if (
        "train" in extras.split(",")
        and subprocess.run([str(PYTHON), "-c", "import torch"], capture_output=True).returncode
    ):
        install_torch()
    pip("-e", f".[{extras}]")
    for extra in extras.split(","):
        (VENV / f".ready-{extra}").write_text(json.dumps({"extras": extras, "python": sys.version}))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"set-up failed at: {' '.join(map(str, error.cmd[:8]))} ... (exit {error.returncode}); see the lines above"
        )
