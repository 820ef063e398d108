"""The interpreter that a zygote begins as: its command, its environment, and where it imports from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_PROJECT: Final = str(Path(__file__).resolve().parents[2])
_BOOT: Final = (
    "import sys; sys.path[:] = sys.argv[1:2] + sys.argv[5:]; "
    "from rewards.sandbox.zygote import main; main(sys.argv[1:5])"
)
_NEEDED: Final = ("LD_LIBRARY_PATH", "PYTHONHOME")
"""What an interpreter of an environment module may need to start at all."""

ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",  # no user configuration
    "PYTHONHASHSEED": "0",  # set order, and so circuits, alike in every zygote; ignored under -I, hence -s -P
    "MIMALLOC_ARENA_RESERVE": "16384",  # KiB; Qiskit's allocator would map 1 GiB that no memory limit sees
    "RAYON_NUM_THREADS": "1",
    "QISKIT_IN_PARALLEL": "TRUE",  # both together: Rust code never waits for a pool thread that a fork has lost
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def import_paths() -> list[str]:
    """Where this process imports from, in its order, for its workers and its sandbox to do the same: a virtual
    environment, PYTHONPATH, `pip --target`, conda."""
    return [entry for entry in sys.path if os.path.isabs(entry) and os.path.exists(entry)]


def command(control: str, host: str, wanted: str) -> list[str]:
    """Starts `zygote.main` with two inherited descriptors and the layers to use."""
    return [sys.executable, "-s", "-P", "-B", "-c", _BOOT, _PROJECT, control, host, wanted, *import_paths()]


def environment() -> dict[str, str]:
    """No variable of ours, no secret: what is set here, and what the interpreter needs to start."""
    return ENVIRONMENT | {key: value for key, value in os.environ.items() if key in _NEEDED}
