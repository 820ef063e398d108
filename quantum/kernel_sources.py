"""One digest of every file that compiled kernels are made from.

Numba's disk cache notices a change of the file that holds the called function, not of the files that this one calls
into. Each entry point is therefore a closure over this digest, which numba takes into the cache's key.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final


def source_digest(*modules: str) -> str:
    """16 hex characters of sha256 over the sources of these modules of this package."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()[:16]


KERNEL_MODULES: Final = ("lanes", "rotations", "statevector", "bfgs")
KERNEL_SOURCES: Final = source_digest(*KERNEL_MODULES)
