"""Compiled entry points, kept on disk until any file that they are made from changes.

Numba's disk cache notices a change of the file that holds the called function, not of the files that this one calls
into. Each entry point is therefore a closure over a digest of all of them, which numba takes into the cache's key. It
writes beside the package or, where that is read-only, in the user's cache; each file appears whole or not at all, so
several processes may compile at once.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from numba import njit


def source_digest(*modules: str) -> str:
    """16 hex characters of sha256 over the sources of these modules of this package."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()[:16]


KERNEL_MODULES: Final = ("lanes", "rotations", "statevector", "bfgs", "state")
KERNEL_SOURCES: Final = source_digest("kernel_sources", *KERNEL_MODULES)


kernel: Final[Any] = njit(_nrt=False)
"""Decorates what entry points call. Arrays are the caller's and are not reference counted: counting them, atomically at
every call, took a third of a VQE's time. So nothing may be allocated inside."""


def entry_point(function: Callable[..., None]) -> Callable[..., None]:
    """A kernel compiled at its first call, from disk when it can. Warns where no place for a cache can be written."""
    compiled: Any
    try:
        compiled = njit(cache=True, _nrt=False)(function)
    except RuntimeError as error:
        warnings.warn(f"every process compiles the engine anew (about 10 s): {error}", stacklevel=2)
        compiled = kernel(function)
    result: Callable[..., None] = compiled
    return result
